"""Who does a task: take, let go, assign; and comments on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.accounts.models import Membership, Team, User
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from raci.definition import definition_of
from tasks import progress
from tasks.acting import CLOSE, COMMENT, FILL, concerns, own_teams
from tasks.models import Task
from tasks.words import period_short

from .sending import acting_team, version_of
from .task import show, task_or_404


@allow(team_member, label=gettext_lazy("引き受ける"))
@require_http_methods(["GET", "POST"])
def task_take(request: Request, pk: int) -> HttpResponse:
    """Me, for my team; where ◎ teams share it the lead too."""
    return _simple(request, pk, progress.take, _("引き受けました。"))


@allow(team_member, label=gettext_lazy("引き受けをやめる"))
@require_http_methods(["GET", "POST"])
def task_let_go(request: Request, pk: int) -> HttpResponse:
    return _simple(request, pk, progress.let_go, _("担当を外れました。"))


def _simple(request: Request, pk: int, act: Any, said: str) -> HttpResponse:
    task = task_or_404(request, pk)
    if request.method == "POST":
        teams = own_teams(task, request.user, request.today, FILL)
        # the strongest mark takes: with several teams of mine the first is the one that leads
        team = acting_team(request, teams if request.POST.get("team") else teams[:1])
        try:
            act(task, by=request.user, team=team, at=request.now)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said)
    return redirect("tasks:detail", pk=pk)


@allow(team_member, label=gettext_lazy("担当者を決める"))
@require_http_methods(["GET", "POST"])
def task_assign(request: Request, pk: int) -> HttpResponse:
    """One of the people of my team, or nobody."""
    task = task_or_404(request, pk)
    teams = own_teams(task, request.user, request.today, FILL)
    if not teams:
        raise PermissionDenied(_("担当者を決める権限がありません。"))
    people = list(
        Membership.objects.on(request.today)
        .filter(team__in=teams, user__is_active=True)
        .select_related("user", "team")
        .order_by("team__role__position", "user__kana", "user__login")
    )
    leads = _possible_leads(request, task)
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        common = {"by": request.user, "at": request.now, "version": version_of(request)}
        try:
            if request.POST.get("lead"):
                lead = next((t for t in leads if str(t.pk) == request.POST["lead"]), None)
                if lead is None or task.lead is None:
                    raise Refusal(_("引き渡す相手を選び直してください。"))
                progress.pass_lead(task, team=task.lead, to=lead, **common)
            else:
                to, team = _chosen(request.POST.get("to", ""), people, teams)
                progress.assign(task, team=team, to=to, **common)
        except Refusal as refusal:
            errors = [("#lead" if request.POST.get("lead") else "#to", str(refusal))]
        else:
            messages.success(request, _("担当を記録しました。"))
            return redirect("tasks:detail", pk=pk)
    context = {"task": task, "people": people, "leads": leads, "errors": errors}
    context["period"] = period_short(task, request.today)
    return render(request, "tasks/assign.html", context, status=409 if errors else 200)


def _possible_leads(request: Request, task: Task) -> list[Team]:
    """Other ◎ teams to whom my team, which leads, may hand the task over."""
    mine = own_teams(task, request.user, request.today, CLOSE)
    if task.lead is None or task.lead not in mine:
        return []
    roles = definition_of(task.duty_id).roles_with()
    teams = Team.objects.on(request.today).filter(role__in=roles).exclude(pk=task.lead_id)
    return [t for t in teams.select_related("role", "organization") if concerns(t, task)]


def _chosen(value: str, people: list[Membership], teams: list[Team]) -> tuple[User | None, Team]:
    if not value:
        return None, teams[0]
    found = next((m for m in people if str(m.pk) == value), None)
    if found is None:
        raise Refusal(_("担当者を選び直してください。"))
    return found.user, found.team


@allow(team_member, label=gettext_lazy("コメントを書き込む"))
@require_http_methods(["GET", "POST"])
def task_comment(request: Request, pk: int) -> HttpResponse:
    """For everybody who sees the task, for its municipality, or for vendors and union."""
    task = task_or_404(request, pk)
    back = f"{reverse('tasks:detail', args=[pk])}#comments"
    if request.method != "POST":
        return redirect(back)
    teams = own_teams(task, request.user, request.today, COMMENT)
    try:
        progress.comment(
            task, by=request.user, at=request.now,
            team=acting_team(request, teams if request.POST.get("team") else teams[:1]),
            text=request.POST.get("text", ""), audience=request.POST.get("audience", ""),
        )  # fmt: skip
    except Refusal as refusal:
        return show(request, task, typed={"comment": request.POST.get("text", "")}, refusal=refusal)
    messages.success(
        request, _("コメントを書き込みました。"), extra_tags=f"draft:task-{pk}-{request.user.pk}-comment"
    )
    return redirect(back)
