"""Question: how much work each team has in each month of a fiscal year: done, late, open, still to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth

from opsdesk.accounts.models import Organization
from opsdesk.calendar.fiscal import FiscalYear
from raci.outline import line_of

from .boards import within
from .choices import TeamChoice, all_teams
from .expected import Book
from .models import Task


@dataclass
class Load:
    """Tasks due in one month of one ◎. `late`: done after the due day; `overdue`: open after it.

    `overdue` is part of `open`; `planned`: occurrences that have no task yet."""

    done: int = 0
    late: int = 0
    open: int = 0
    overdue: int = 0
    skipped: int = 0
    planned: int = 0

    @property
    def all(self) -> int:
        return self.done + self.open + self.skipped + self.planned


#: By (code of the team as addresses have it, "" if nobody has ◎; first day of the month).
Loads = dict[tuple[str, date], Load]


def load(book: Book, year: FiscalYear, *, now: datetime, tasks: Any = None) -> Loads:
    """Of all tasks, or of those in `tasks`; two statements. What several teams have ◎ on counts for each.

    A municipality counts its own tasks, and the common ones on which 構成団体 has ◎."""
    tasks = Task.objects.all() if tasks is None else tasks
    found: Loads = defaultdict(Load)
    teams = Teams(book)
    for duty, organization, month, *counts in _counted(tasks, year, now):
        for code in teams.of(duty, organization):
            one = found[code, month]
            for name, n in zip(("done", "late", "open", "overdue", "skipped"), counts, strict=True):
                setattr(one, name, getattr(one, name) + n)
    for duty, organization, month in _missing(book, year):
        for code in teams.of(duty, organization):
            found[code, month].planned += 1
    return dict(found)


class Teams:
    """Which teams have ◎ on a task, by their codes."""

    def __init__(self, book: Book) -> None:
        self.union_id = book.union.pk if book.union else None
        self.roles: dict[int, list[TeamChoice]] = defaultdict(list)
        for team in {team.code: team for team in reversed(all_teams())}.values():
            self.roles[team.role_id].append(team)

    def of(self, duty_id: int, organization_id: int) -> list[str]:
        """[""] if nobody has."""
        found = [
            team.code
            for role in line_of(duty_id).roles_with()
            for team in self.roles[role]
            if team.kind != Organization.Kind.MEMBER
            or organization_id in (team.organization_id, self.union_id)
        ]
        return found or [""]


def _counted(tasks: Any, year: FiscalYear, now: datetime) -> Any:
    state = Task.State
    is_open = Q(state=state.OPEN)
    rows = tasks.filter(within(year.starts_on, year.ends_on)).order_by()
    return (
        rows.annotate(month=TruncMonth("due_on"))
        .values_list("duty_id", "organization_id", "month")
        .annotate(
            done=Count("pk", filter=Q(state=state.DONE)),
            late=Count("pk", filter=Q(state=state.DONE, done_on__gt=F("due_on"))),
            open=Count("pk", filter=is_open),
            overdue=Count("pk", filter=is_open & Q(due_at__lt=now)),
            skipped=Count("pk", filter=Q(state=state.SKIPPED)),
        )
    )


def _missing(book: Book, year: FiscalYear) -> Iterator[tuple[int, int, date]]:
    """(duty, organization, month) of every occurrence of the year without a task."""
    coming = [
        (slot, one)
        for slot in book.slots()
        for one in slot.expected(year.ends_on, year.starts_on)
        if one.due_on <= year.ends_on
    ]
    keys, periods = {slot.duty.key for slot, _one in coming}, {one.period for _slot, one in coming}
    rows = Task.objects.filter(key__in=keys, period__in=periods, serial=0).order_by()
    there = set(rows.values_list("key", "period", "organization_id"))
    for slot, one in coming:
        for organization in slot.organizations:
            if (slot.duty.key, one.period, organization.pk) not in there:
                yield slot.duty.pk, organization.pk, one.due_on.replace(day=1)
