"""The command that hands all open tasks of a person over to another (引き継ぎ)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Membership, Team, User
from opsdesk.accounts.people import StillBusy
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from raci.access import standing_of

from . import telling
from .acting import FILL, has_ended, own_teams, store
from .models import Task


def open_tasks_of(person: User) -> Any:
    """The open tasks that are assigned to `person`."""
    return Task.objects.open().filter(assignee=person).select_related("duty", "organization").order_by("pk")


def may_hand_over(person: User, by: Any, today: date) -> bool:
    """An administrator, or the approver of a team that `person` is in today."""
    if by is None or by.is_staff:  # None: a management command
        return True
    standing = standing_of(by, today)
    return any(m.team_id in standing.approver_of for m in person.memberships.on(today).select_related("team"))


@command
def hand_over(person: User, *, to: User | None, by: Any, at: datetime) -> list[Task]:
    """Give all open tasks of `person` to `to`, or to nobody (each back to its team); an Event each.

    Raises Refusal if `to` may not fill in one of them (no ◎ or ○), PermissionDenied without the right.
    """
    today = timezone.localdate(at)
    if not may_hand_over(person, by, today):
        raise PermissionDenied(_("引き継ぎができるのは、管理者とその担当の承認者です。"))
    if to is not None and (to.pk == person.pk or not to.is_active):
        raise Refusal(_("引き継ぐ相手を選び直してください。"))
    tasks = list(open_tasks_of(person).select_for_update(of=("self",)))
    teams: dict[int, Team | None] = {}
    for task in tasks:
        found = own_teams(task, to, today, FILL) if to is not None else []
        if to is not None and not found:
            raise Refusal(
                _(
                    "%(to)s は No.%(number)s %(work)s の担当ではないため、引き継げません。"
                    "担当が同じ人を選んでください。"
                )
                % {"to": to, "number": task.duty.number, "work": task.duty.work}
            )
        teams[task.pk] = found[0] if found else None
    for task in tasks:
        Task.objects.filter(pk=task.pk).update(assignee=to, version=task.version + 1)
        record(
            "task.handed_over", task, by=by, team=teams[task.pk], at=at, stream=task.organization.code,
            person=str(person), to=str(to or ""),
        )  # fmt: skip
    telling.handed_over(tasks, to=to, person=person, by=by, at=at)
    return tasks


def before_leaving(person: User, *, to: User | None, by: Any, at: datetime) -> None:
    """Asked before a person is deactivated; raises StillBusy if nobody takes the open work."""
    count = open_tasks_of(person).count()
    if count and to is None:
        raise StillBusy(
            _("%(person)s さんには未完了の作業が %(count)s 件あります。引き継ぐ相手を選んでください。")
            % {"person": person, "count": count}
        )
    if count:
        hand_over(person, to=to, by=by, at=at)


def left_behind(team: Team, today: date) -> Any:
    """Open tasks that are still in the name of people of `team` who are in no team any more."""
    gone = User.objects.filter(memberships__team=team).exclude(
        pk__in=Membership.objects.on(today).filter(team__in=Team.objects.on(today)).values("user")
    )
    return Task.objects.open().filter(assignee__in=gone)


def may_release(team: Team, by: Any, today: date) -> bool:
    """An administrator, the union, or the approver of the team that holds the role now."""
    standing = standing_of(by, today)
    heirs = {t.pk for t in standing.teams if t.role_id == team.role_id}
    return by.is_staff or standing.is_union or bool(heirs & standing.approver_of)


@command
def release(team: Team, *, by: Any, at: datetime) -> list[Task]:
    """Give the tasks left behind by the people of an ended `team` to nobody: the role's team takes them.

    Raises PermissionDenied without the right, Refusal if the team hasn't ended."""
    today = timezone.localdate(at)
    if not may_release(team, by, today):
        raise PermissionDenied(_("引き継ぎができるのは、管理者、広域組合、次の担当の承認者です。"))
    if not has_ended(team, today):
        raise Refusal(_("担当「%(team)s」はまだ終わっていません。") % {"team": team})
    tasks = list(
        left_behind(team, today)
        .select_related("assignee", "organization")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    for task in tasks:
        person, task.assignee = task.assignee, None
        store(task, "assignee", at=at)
        record(
            "task.handed_over", task, by=by, at=at, stream=task.organization.code, person=str(person), to="",
        )  # fmt: skip
    return tasks
