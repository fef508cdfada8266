"""What the forms of a task send: what was typed, for which team, with which files; and the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Team
from opsdesk.lib.era import read_date
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from tasks import progress
from tasks.acting import own_teams, proxy_teams
from tasks.filling import task_fields
from tasks.following import Following
from tasks.forms import raw_of
from tasks.models import Case, Task
from tasks.page import Page, page_task

from .task import show, task_or_404


def typed_of(request: Request, task: Task) -> dict[str, Any]:
    """What the form holds, as it was typed."""
    page = Page(
        task, request.user, now=request.now, today=request.today, is_proxy=bool(request.POST.get("proxy"))
    )
    post, fields = request.POST, task_fields(task)
    own = page.editable if task.is_open else {f.key for f in fields}  # somebody was faster: shown, not stored
    typed = {"answers": raw_of(fields, post, own), "team": post.get("team", "")}
    names = ("remark", "outcome", "done_on", "reason", "to", "ask_all")
    more = [name for name in post if name.startswith("link-")]
    typed |= {name: post.getlist(name) for name in ("then", "again") if name in post}
    return typed | {name: post[name] for name in (*names, *more) if name in post}


def acting_team(request: Request, teams: list[Team]) -> Team:
    """The one team that is possible, or the chosen one of several; raises PermissionDenied or Refusal."""
    if not teams:
        raise PermissionDenied(_("この作業でこの操作をする権限がありません。"))
    chosen = request.POST.get("team", "")
    if len(teams) == 1:
        return teams[0]
    found = next((t for t in teams if str(t.pk) == chosen), None)
    if found is None:
        sentence = _("どの担当として記録するか選んでください。")
        raise Refusal(sentence, errors={"team": sentence})
    return found


def possible_teams(request: Request, task: Task, marks: frozenset[str]) -> list[Team]:
    """Mine, or when the union acts for another those of 代行."""
    if request.POST.get("proxy"):
        return proxy_teams(task, request.user, request.today)
    return own_teams(task, request.user, request.today, marks)


def version_of(request: Request) -> int | None:
    return whole_number(request.POST.get("version", ""))


def attach_files(request: Request, task: Task, team: Team) -> None:
    """Files of the form, each kept at once: a closing that is refused afterwards does not lose them."""
    errors = {}
    for name in request.FILES:
        for file in request.FILES.getlist(name):
            key = name.removeprefix("file-") if name.startswith("file-") else ""
            try:
                progress.attach(
                    task, by=request.user, team=team, at=request.now, file=file, field_key=key,
                    reason=request.POST.get("reason", ""),
                )  # fmt: skip
            except Refusal as refusal:
                errors[key or "file"] = str(refusal)
    if errors:
        raise Refusal(_("入力内容を確認してください。"), errors=errors)


def following_of(request: Request, typed: Mapping[str, Any]) -> Following:
    """What the form of a step asks for; Refusal if a case to be joined is not there (any more)."""
    links: dict[int, Case | None] = {}
    for name in (n for n in typed if n.startswith("link-") and typed[n]):
        target = whole_number(name.removeprefix("link-")) or 0
        links[target] = None if typed[name] == "new" else _case(request, typed[name])
    keys = {name: {whole_number(k) or 0 for k in typed.get(name, ())} for name in ("then", "again")}
    return Following(frozenset(keys["then"]), frozenset(keys["again"]), bool(typed.get("ask_all")), links)


def _case(request: Request, number: str) -> Case:
    found = Case.objects.visible_to(request.user, request.today).filter(number=number.strip()).first()
    if found is None:
        sentence = _("案件 %(number)s が見つかりません。番号を確かめてください。") % {"number": number}
        raise Refusal(_("入力内容を確認してください。"), errors={"links": sentence})
    return found


def closing_of(typed: dict[str, Any]) -> dict[str, Any]:
    """Arguments of close and sign; raises Refusal with an error if the day can't be read."""
    given: dict[str, Any] = {k: typed[k] for k in ("remark", "outcome", "reason") if k in typed}
    if typed.get("done_on", "").strip():
        try:
            given["done_on"] = read_date(typed["done_on"])
        except ValueError as error:
            raise Refusal(_("入力内容を確認してください。"), errors={"done_on": str(error)}) from None
    return given


def answer(request: Request, pk: int, act: Callable[[Task, dict[str, Any]], str]) -> HttpResponse:
    """Do `act`, which returns what to say; if it is refused the form comes back as it was typed."""
    task = task_or_404(request, pk)
    if request.method != "POST":
        return redirect(f"{reverse('tasks:detail', args=[pk])}#close")
    typed = typed_of(request, task)
    try:
        said = act(task, typed)
    except Refusal as refusal:
        return refused(request, task, typed, refusal)
    messages.success(request, said, extra_tags=f"draft:task-{task.pk}-{request.user.pk}")
    return HttpResponseRedirect(reverse("tasks:detail", args=[pk]))


def refused(request: Request, task: Task, typed: dict[str, Any], refusal: Refusal) -> HttpResponse:
    task = page_task(task.pk)
    if not request.htmx:
        return show(request, task, typed=typed, refusal=refusal)
    template = "tasks/_close.html" if task.is_open else "tasks/_closed.html"
    response = show(request, task, typed=typed, refusal=refusal, template=template)
    if task.is_open:
        response["HX-Retarget"], response["HX-Reswap"] = f"#close-{task.pk}", "outerHTML"
    return response
