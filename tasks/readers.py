"""Question: the people of today's teams, and which of them a task concerns by the marks of its edition."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet

from opsdesk.accounts.models import Membership, Organization, Team
from opsdesk.lib.statement import Statement
from raci.definition import definition_of
from raci.models import Cycle, Mark, Sharing

from .models import Concern, Signature, Task
from .signing_order import steps_of, turn_of

MAIN = frozenset({Mark.MAIN.value})
#: Who is told when a task opens, and who when it closes (domain.md).
OPENING = frozenset({Mark.MAIN.value, Mark.SUPPORT.value})
CLOSING = frozenset({Mark.SUPPORT.value, Mark.RELATED.value})


class Reader(NamedTuple):
    """A person's place in a team. `home` is the organization whose calendar the person goes by."""

    user: int
    team: int
    role: int
    kind: str
    organization: int
    is_approver: bool
    home: int

    @property
    def is_member(self) -> bool:
        return self.kind == Organization.Kind.MEMBER


def readers(today: date, roles: Collection[int] | None = None) -> list[Reader]:
    """Everybody who is in a team on `today`, in teams of `roles` if given; one statement."""
    found = ROWS.ask(None if roles is None else tuple(sorted(roles)), today=today)
    return [Reader._make((*row[:6], row[6] or row[4])) for row in found]


def _rows(roles: tuple[int, ...] | None, *, today: date) -> QuerySet[Any]:
    rows = Membership.objects.on(today).filter(user__is_active=True, team__in=Team.objects.on(today))
    if roles is not None:
        rows = rows.filter(team__role__in=roles)
    return rows.order_by("user", "pk").values_list(
        "user_id", "team_id", "team__role_id", "team__role__kind", "team__organization_id", "is_approver",
        "user__organization_id",
    )  # fmt: skip


ROWS = Statement(_rows)


def concerned(task: Task) -> frozenset[int] | None:
    """The municipalities that a common task concerns; None: all of them. A case names its own."""
    if task.case is None:
        return None
    if "concerns" in getattr(task.case, "_prefetched_objects_cache", ()):
        return frozenset(concern.organization_id for concern in task.case.concerns.all())
    return frozenset(pk for (pk,) in CONCERNED.ask(case=task.case.pk))


def _concerned(*, case: int) -> QuerySet[Any]:
    return Concern.objects.filter(case=case).order_by().values_list("organization_id")


CONCERNED = Statement(_concerned)


def concerning(found: Iterable[Reader], task: Task, towns: Collection[int] | None = None) -> list[Reader]:
    """Those of `found` whom `task` concerns: a municipality its own tasks, and common ones that name it.

    `towns`, whom its case concerns, saves a statement."""
    found = list(found)
    if task.organization.kind != Organization.Kind.UNION:
        return [r for r in found if not r.is_member or r.organization == task.organization_id]
    if towns is None and any(r.is_member for r in found):
        towns = concerned(task)
    return [r for r in found if not r.is_member or towns is None or r.organization in towns]


def with_marks(
    task: Task, marks: Collection[str], today: date, towns: Collection[int] | None = None
) -> list[Reader]:
    """The people of teams with one of `marks` on `task`; no statement without such a mark."""
    roles = {a.role_id for a in definition_of(task.duty_id).assignments if a.mark in marks}
    if not roles:
        return []
    return concerning(readers(today, roles), task, towns)


def signers(task: Task, today: date) -> list[Reader]:
    """The people of the roles that sign `task`."""
    return readers(today, {s.role_id for s in definition_of(task.duty_id).signers})


def with_turn(task: Task, known: Iterable[Reader], given: Sequence[Signature] | None = None) -> list[Reader]:
    """Those among `known` whose signature comes next: the approvers where it is theirs, if there are any.

    `given` (the signatures that stand) saves a statement."""
    step = turn_of(steps_of(task, given))
    if step is None:
        return []
    found = concerning((r for r in known if r.role == step.signer.role_id), task)
    approvers = [r for r in found if r.is_approver]
    return approvers if step.signer.is_approver and approvers else found


def is_closing_told(task: Task, is_abnormal: bool) -> bool:
    """Of a 日次 duty ○ and △ are told only of 異常あり."""
    return is_abnormal or task.duty.cycle != Cycle.DAILY


def reminded(task: Task, mains: Sequence[Reader], turn: Sequence[Reader], *, is_overdue: bool) -> set[int]:
    """Whom to remind: the assignee alone if there is one, the team that took the lead, else all with ◎
    (`mains`); of signers only whose turn it is (`turn`).

    Overdue, another ◎ team may take over: then all of them."""
    if task.duty.sharing == Sharing.SIGNERS:
        return {r.user for r in turn}
    may_change = is_overdue and task.duty.sharing == Sharing.ANY
    if task.assignee_id is not None and any(r.user == task.assignee_id for r in mains) and not may_change:
        return {task.assignee_id}
    led = [r for r in mains if r.team == task.lead_id]
    return {r.user for r in (led if led and not may_change else mains)}
