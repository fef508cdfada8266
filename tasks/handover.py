"""The command that hands all open tasks of a person over to another (引き継ぎ)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Team, User
from opsdesk.accounts.people import StillBusy
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from raci.access import standing_of

from .acting import FILL, own_teams
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
