"""What is sent from a task's form: save, close, sign and return; and from the row of a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.accounts.models import Team
from opsdesk.lib.era import read_date
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request

from .. import progress
from ..acting import CLOSE, FILL, own_teams, proxy_teams
from ..filling import task_fields
from ..forms import raw_of
from ..models import Task
from ..page import Page, pages
from .task import show, task_or_404


def typed_of(request: Request, task: Task) -> dict[str, Any]:
    """What the form holds, as it was typed."""
    page = Page(
        task, request.user, now=request.now, today=request.today, is_proxy=bool(request.POST.get("proxy"))
    )
    post = request.POST
    typed = {"answers": raw_of(task_fields(task), post, page.editable), "team": post.get("team", "")}
    return typed | {
        name: post[name] for name in ("remark", "outcome", "done_on", "reason", "to") if name in post
    }


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
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() else None


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
    task = pages().get(pk=task.pk)
    if not request.htmx:
        return show(request, task, typed=typed, refusal=refusal)
    template = "tasks/_close.html" if task.is_open else "tasks/_closed.html"
    response = show(request, task, typed=typed, refusal=refusal, template=template)
    if task.is_open:
        response["HX-Retarget"], response["HX-Reswap"] = f"#close-{task.pk}", "outerHTML"
    return response


@allow(team_member, label=gettext_lazy("途中保存する"))
@require_http_methods(["GET", "POST"])
def task_save(request: Request, pk: int) -> HttpResponse:
    """途中保存; and without script, one line more or less."""
    if request.POST.get("add-line") or request.POST.get("drop-line"):
        task = task_or_404(request, pk)
        return show(
            request, task, typed=typed_of(request, task), blanks=2 if request.POST.get("add-line") else 1
        )

    def act(task: Task, typed: dict[str, Any]) -> str:
        team = acting_team(request, possible_teams(request, task, FILL))
        attach_files(request, task, team)
        progress.save_answers(
            task, by=request.user, team=team, at=request.now, answers=typed["answers"], remark=typed.get("remark"),
            version=version_of(request), reason=typed.get("reason", ""),
        )  # fmt: skip
        return _("途中保存しました。")

    return answer(request, pk, act)


@allow(team_member, label=gettext_lazy("完了にする"))
@require_http_methods(["GET", "POST"])
def task_close(request: Request, pk: int) -> HttpResponse:
    """GET with htmx: the form for the row of a list. POST: 完了を記録する."""
    if request.method == "GET" and request.htmx:
        if request.GET.get("stop"):
            return HttpResponse()
        task = task_or_404(request, pk)
        if not own_teams(task, request.user, request.today, CLOSE):
            raise PermissionDenied(_("完了にできるのは主担当(◎)だけです。"))
        return show(request, task, template="tasks/_close.html")

    def act(task: Task, typed: dict[str, Any]) -> str:
        team = acting_team(request, possible_teams(request, task, CLOSE))
        if not was_sent_twice(request, task):
            attach_files(request, task, team)
            progress.close(
                task, by=request.user, team=team, at=request.now, answers=typed["answers"],
                version=version_of(request), **closing_of(typed),
            )  # fmt: skip
        return _("No.%(number)s %(work)s を完了にしました。7日以内は取り消せます。") % {
            "number": task.duty.number,
            "work": task.duty.work,
        }

    response = answer(request, pk, act)
    if request.htmx and response.status_code == 302:
        list(messages.get_messages(request))  # said in the row itself
        return show(request, pages().get(pk=pk), template="tasks/_closed.html")
    return response


def was_sent_twice(request: Request, task: Task) -> bool:
    """A double click: the same person's same form has closed it already."""
    version = version_of(request)
    return (
        task.state == Task.State.DONE
        and task.closed_by_id == request.user.pk
        and version is not None
        and task.version == version + 1
    )


@allow(team_member, label=gettext_lazy("署名・差戻しをする"))
@require_http_methods(["GET", "POST"])
def task_sign(request: Request, pk: int) -> HttpResponse:
    """署名する as the one whose turn it is, or 差し戻す to an earlier signer."""

    def act(task: Task, typed: dict[str, Any]) -> str:
        page = Page(
            task, request.user, now=request.now, today=request.today, is_proxy=bool(request.POST.get("proxy"))
        )
        team = acting_team(request, page.signers or page.fillers)
        common = {"by": request.user, "team": team, "at": request.now, "version": version_of(request)}
        if request.POST.get("decision") == "return":
            to = request.POST.get("to", "")
            progress.send_back(
                task, to=int(to) if to.isdigit() else 0, reason=typed.get("reason", ""), **common
            )
            return _("差し戻しました。")
        attach_files(request, task, team)
        progress.sign(task, answers=typed["answers"], **common, **closing_of(typed))
        return _("署名を記録しました。")

    return answer(request, pk, act)


@allow(team_member, label=gettext_lazy("対象外にする"))
@require_http_methods(["GET", "POST"])
def task_skip(request: Request, pk: int) -> HttpResponse:
    """A reason, and the task counts as done for what waits for it."""
    return reasoned(request, pk, "tasks/skip.html", progress.skip, _("対象外にしました。"))


@allow(team_member, label=gettext_lazy("完了を取り消す"))
@require_http_methods(["GET", "POST"])
def task_reopen(request: Request, pk: int) -> HttpResponse:
    """Within 7 days, by the team that closed it, with a reason."""
    return reasoned(
        request, pk, "tasks/reopen.html", progress.reopen, _("記録を取り消しました。もう一度記入できます。")
    )


def reasoned(request: Request, pk: int, template: str, act: Callable[..., Task], said: str) -> HttpResponse:
    """A page that asks for a reason, and what it does."""
    task = task_or_404(request, pk)
    is_proxy = bool(request.GET.get("proxy") or request.POST.get("proxy"))
    teams = (
        proxy_teams(task, request.user, request.today)
        if is_proxy
        else own_teams(task, request.user, request.today, CLOSE)
    )
    if not teams:
        raise PermissionDenied(_("この作業でこの操作をする権限がありません。"))
    context: dict[str, Any] = {
        "task": task,
        "teams": teams,
        "is_proxy": is_proxy,
        "reason": request.POST.get("reason", ""),
    }
    status = 200
    if request.method == "POST":
        try:
            act(
                task, by=request.user, team=acting_team(request, teams), at=request.now,
                reason=request.POST.get("reason", ""), version=version_of(request),
            )  # fmt: skip
        except Refusal as refusal:
            context |= {
                "errors": [(f"#{k}", s) for k, s in (refusal.errors or {"reason": str(refusal)}).items()]
            }
            context["task"], status = pages().get(pk=pk), 422 if refusal.errors else 409
        else:
            messages.success(request, said)
            return redirect("tasks:detail", pk=pk)
    return render(request, template, context, status=status)
