"""Commands about who does a task: take, let go, assign inside the team, hand the lead to another ◎ team."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Membership, Team, User
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from raci.definition import definition_of
from raci.models import Mark, Sharing

from . import telling
from .acting import (
    CLOSE,
    FILL,
    authorize,
    concerns,
    has_ended,
    locked,
    named,
    own_teams,
    require_open,
    store,
)
from .models import Task


@command
def take(task: Task, *, by: Any, team: Team, at: datetime, version: int | None = None) -> Task:
    """`by` does `task` for `team` (◎ or ○); where ◎ teams share it, the first of them takes the lead.

    Raises Refusal if somebody else has it. Taking twice changes nothing.
    """
    task = locked(task, at=at)
    require_open(task, at)
    authorize(task, by=by, team=team, at=at, marks=FILL)
    if task.assignee_id not in (None, by.pk):
        raise Refusal(
            _(
                "この作業は %(who)s がすでに引き受けています。"
                "代わるときは「担当者を決める」から変えてください。"
            )
            % {"who": task.assignee}
        )
    lead = lead_after(task, team, at)
    if task.assignee_id == by.pk and task.lead == lead:
        return task
    task.assignee, task.lead = by, lead
    store(task, "assignee", "lead", at=at)
    record("task.taken", task, by=by, team=team, at=at, stream=task.organization.code, lead=str(lead or ""))
    return task


def lead_after(task: Task, team: Team, at: datetime) -> Team | None:
    """Who leads when `team` takes or closes `task`; raises Refusal while another ◎ team leads in time."""
    if task.duty.sharing != Sharing.ANY or definition_of(task.duty_id).mark_of(team.role_id) != Mark.MAIN:
        return task.lead
    if task.lead is None or task.lead_id == team.pk or task.is_overdue(at):
        return team
    if has_ended(task.lead, timezone.localdate(at)):
        return team
    raise Refusal(
        _("この作業は %(team)s が主担当として引き受けています。期限を過ぎるまでは、%(team)s が完了にします。")
        % {"team": task.lead}
    )


@command
def let_go(task: Task, *, by: Any, team: Team, at: datetime, version: int | None = None) -> Task:
    """Give the task back: no assignee, and no lead if `team` had it."""
    task = locked(task, version, at=at)
    require_open(task, at)
    authorize(task, by=by, team=team, at=at, marks=FILL)
    if task.assignee_id is None and task.lead_id != team.pk:
        return task
    before, task.assignee = task.assignee, None
    if task.lead_id == team.pk:
        task.lead = None
    store(task, "assignee", "lead", at=at)
    record(
        "task.let_go",
        task,
        by=by,
        team=team,
        at=at,
        stream=task.organization.code,
        assignee=str(before or ""),
    )
    return task


@command
def assign(
    task: Task, *, by: Any, team: Team, at: datetime, to: User | None, version: int | None = None
) -> Task:
    """Make `to`, who is in `team` today, the assignee; None: nobody. `team` has ◎ or ○."""
    task = locked(task, version, at=at)
    require_open(task, at)
    authorize(task, by=by, team=team, at=at, marks=FILL)
    today = timezone.localdate(at)
    if (
        to is not None
        and not Membership.objects.on(today).filter(user=to, team=team, user__is_active=True).exists()
    ):
        raise Refusal(_("%(who)s は今日、%(team)s に所属していません。") % {"who": to, "team": team})
    if task.assignee_id == (to.pk if to else None):
        return task
    task.assignee = to
    store(task, "assignee", at=at)
    record(
        "task.assigned", task, by=by, team=team, at=at, stream=task.organization.code, assignee=str(to or "")
    )
    telling.assigned(task, by=by, at=at)
    return task


@command
def pass_lead(task: Task, *, by: Any, team: Team, at: datetime, to: Team, version: int | None = None) -> Task:
    """Hand the lead over from `team`, which has it, to another ◎ team."""
    task = locked(task, version, at=at)
    require_open(task, at)
    if team not in own_teams(task, by, timezone.localdate(at), CLOSE):
        raise PermissionDenied(_("この作業でこの操作をする権限がありません。"))
    if task.duty.sharing != Sharing.ANY or task.lead_id != team.pk:
        raise Refusal(_("%(team)s はこの作業の主担当チームではありません。") % {"team": team})
    if has_ended(to, timezone.localdate(at)) or not concerns(to, task):
        raise Refusal(_("%(team)s はこの作業に関わらないため、引き渡せません。") % {"team": named(to, "")})
    if to.role_id not in definition_of(task.duty_id).roles_with(Mark.MAIN):
        raise Refusal(_("%(team)s は主担当(◎)ではないため、引き渡せません。") % {"team": named(to, "")})
    task.lead, task.assignee = to, None
    store(task, "lead", "assignee", at=at)
    record("task.lead_passed", task, by=by, team=team, at=at, stream=task.organization.code, to=str(to))
    telling.lead_passed(task, by=by, team=team, at=at)
    return task
