"""The command that moves a begun task to the edition of its period by hand, with its answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from raci.access import standing_of
from raci.definition import definition_of
from raci.models import Mark

from .acting import CLOSE, FILL, locked, main_teams, own_teams, store
from .closing import need_reason
from .expected import read
from .models import Task
from .realignment import Place, place_of


@command
def repoint(task: Task, *, by: Any, at: datetime, reason: str, version: int | None = None) -> Task:
    """Hang an open task on the duty of the edition in force on the first day of its period; answers stay.

    Its dates follow the new rule. Who has no ◎ or ○ there loses the task, signatures in another order are
    void. Raises Refusal if it is there already or that edition has no such task."""
    task = locked(task, version, at=at)
    today = timezone.localdate(at)
    if not may_repoint(task, by, today):
        raise PermissionDenied(_("新しい版へ移せるのは、主担当(◎)と広域組合だけです。"))
    place = _place(task)
    need_reason(reason, _("移す理由を入力してください。"))
    before = {"duty": task.duty_id, "due_on": task.due_on, "edition": task.duty.edition.number}
    _void_signatures(task, place, at, reason)
    task.duty = place.slot.duty
    if place.dates:
        task.opens_on, task.due_on, task.due_at = place.dates[2:]
    _let_go(task, today)
    store(task, "duty", "opens_on", "due_on", "due_at", "lead", "assignee", at=at)
    record("task.repointed", task, by=by, at=at, stream=task.organization.code, before=before, reason=reason)
    return task


def may_repoint(task: Task, by: Any, today: date) -> bool:
    """The union, and the teams with ◎ on the task as it is."""
    if standing_of(by, today).is_union:
        return True
    return bool(main_teams(task, own_teams(task, by, today, CLOSE)))


def _place(task: Task) -> Place:
    if not task.is_open:
        raise Refusal(_("未完了の作業だけを移せます。"))
    place = place_of(task, read())
    if place is None or task.serial:
        raise Refusal(_("新しい版にこの作業はありません。続けないときは、対象外にしてください。"))
    if place.slot.duty.pk == task.duty_id:
        raise Refusal(_("この作業は、すでに対象期間の版にあります。"))
    return place


def _void_signatures(task: Task, place: Place, at: datetime, reason: str) -> None:
    """What was signed in one order says nothing in another."""
    old, new = definition_of(task.duty_id).signers, definition_of(place.slot.duty.pk).signers
    if [(s.role_id, s.is_approver) for s in old] != [(s.role_id, s.is_approver) for s in new]:
        task.signatures.filter(void_at=None).update(void_at=at, void_reason=reason)


def _let_go(task: Task, today: date) -> None:
    definition = definition_of(task.duty_id)
    if task.lead is not None and definition.mark_of(task.lead.role_id) != Mark.MAIN:
        task.lead = None
    if task.assignee is not None and not own_teams(task, task.assignee, today, FILL):
        task.assignee = None
