"""Published results: 確認した, a question, its answer; the versions there were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.accounts.models import Organization, Team
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from tasks import progress
from tasks.acting import COMMENT, own_teams
from tasks.models import Acknowledgement, Task
from tasks.page import Page
from tasks.page.past import past_of

from .sending import acting_team
from .task import show, task_or_404


@allow(team_member, label=gettext_lazy("公開された結果を確認する"))
@require_http_methods(["GET", "POST"])
def task_acknowledge(request: Request, pk: int) -> HttpResponse:
    """確認した, for my municipality; from a dashboard back to it."""

    def act(task: Task) -> str:
        progress.acknowledge(
            task, by=request.user, team=_team(request, task), at=request.now,
            version=whole_number(request.POST.get("published", "")),
        )  # fmt: skip
        words = {"number": task.duty.number, "work": task.duty.work}
        return _("No.%(number)s %(work)s を確認済みにしました。") % words

    return _answer(request, pk, act)


@allow(team_member, label=gettext_lazy("公開された結果について質問する"))
@require_http_methods(["GET", "POST"])
def task_ask(request: Request, pk: int) -> HttpResponse:
    """A question for those who published it."""

    def act(task: Task) -> str:
        progress.ask(
            task, by=request.user, team=_team(request, task), at=request.now,
            text=request.POST.get("question", ""), version=whole_number(request.POST.get("published", "")),
        )  # fmt: skip
        return _("質問を送りました。回答があると、この画面に出ます。")

    return _answer(request, pk, act, "question")


@allow(team_member, label=gettext_lazy("質問に回答する"))
@require_http_methods(["GET", "POST"])
def task_answer(request: Request, pk: int) -> HttpResponse:
    """The answer to one municipality's question."""

    def act(task: Task) -> str:
        asked = Acknowledgement.objects.filter(publication__task=task, question__isnull=False)
        row = get_object_or_404(asked, pk=whole_number(request.POST.get("asked", "")) or 0)
        teams = own_teams(task, request.user, request.today, COMMENT)
        vendors = [t for t in teams if t.role.kind != Organization.Kind.MEMBER]
        team = acting_team(request, (vendors or teams)[:1])
        progress.answer(row, by=request.user, team=team, at=request.now, text=request.POST.get("answer", ""))
        return _("回答を書き込みました。")

    return _answer(request, pk, act, "answer")


def _team(request: Request, task: Task) -> Team:
    """My municipality with a mark; who is in several chooses."""
    teams = own_teams(task, request.user, request.today, COMMENT)
    towns = [t for t in teams if t.role.kind == Organization.Kind.MEMBER]
    return acting_team(request, towns or teams[:1])


def _answer(request: Request, pk: int, act: Callable[[Task], str], keep: str = "") -> HttpResponse:
    """Do it and go back; if it is refused the task's page comes, with what was typed."""
    task = task_or_404(request, pk)
    if request.method == "POST":
        try:
            said = act(task)
        except Refusal as refusal:
            typed: dict[str, Any] = {keep: request.POST.get(keep, ""), "asked": request.POST.get("asked", "")}
            return show(request, task, typed=typed, refusal=refusal)
        messages.success(request, said, extra_tags=f"draft:task-{pk}-{request.user.pk}-{keep or 'ack'}")
        if request.POST.get("back") == "home":
            return redirect("tasks:home")
    return redirect(f"{reverse('tasks:detail', args=[pk])}#published")


@allow(team_member, label=gettext_lazy("公開された版"))
@require_GET
def task_version(request: Request, pk: int, number: int) -> HttpResponse:
    """One version as it was published, and what the next one changed."""
    page = Page(task_or_404(request, pk), request.user, now=request.now, today=request.today)
    past = past_of(page, number)
    return render(request, "tasks/version.html", {"page": page, "task": page.task, "past": past})
