"""What is planned in some days: lots of tasks and of occurrences, as one person may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from opsdesk.accounts.models import Organization
from opsdesk.calendar.days import Calendar
from raci.models import Cycle
from raci.outline import Line, line_of

from .expected import Book
from .models import Task
from .restricted import open_answers
from .yearplan_filter import PlanFilter

OPEN, PLANNED, RUNNING, DONE, SKIPPED, OVER = "open", "plan", "run", "done", "na", "over"


class Lot(NamedTuple):
    """Tasks of one duty and period that are due on one day; or (`planned` > 0) occurrences without a task.

    `organization_id` is one of `organizations` many."""

    duty_id: int
    key: int
    period: str
    period_on: date
    due_on: date
    opens_on: date
    all: int
    done: int = 0
    skipped: int = 0
    begun: int = 0
    late: int = 0
    organizations: int = 1
    organization_id: int = 0
    planned: int = 0

    @property
    def line(self) -> Line:
        return line_of(self.duty_id)

    @property
    def state(self) -> str:
        """Of several tasks at once: the worst that is to be seen."""
        if self.late:
            return OVER
        if self.planned == self.all:
            return PLANNED
        if self.done + self.skipped == self.all:
            return DONE if self.done else SKIPPED
        return RUNNING if self.begun or self.done else OPEN


class Known(NamedTuple):
    """A generated task, whoever may see it; `answers` only of the periods that were asked for."""

    pk: int
    key: int
    period: str
    period_on: date
    duty_id: int
    organization_id: int
    due_on: date
    state: str
    answers: Any


@dataclass(frozen=True)
class Plan:
    """The days [first, last] as one person may see them; `lots` also of what only opens or ends outside."""

    choice: PlanFilter
    book: Book
    first: date
    last: date
    lots: tuple[Lot, ...]
    known: tuple[Known, ...]
    daily: int  # daily tasks of one business day

    @property
    def today(self) -> date:
        return self.choice.request.today

    @property
    def now(self) -> datetime:
        return self.choice.request.now

    @cached_property
    def calendar(self) -> Calendar:
        """The chosen municipality's; of somebody of one municipality the own one; else the union's."""
        return self.book.calendars.get(self.calendar_of, Calendar())

    @property
    def calendar_of(self) -> int:
        if self.choice.organization:
            return self.choice.organization[2]
        standing = self.choice.standing
        if standing.teams and not standing.is_union and standing.teams[0].role.kind == "member":
            return standing.teams[0].organization_id
        return self.book.union.pk if self.book.union else 0

    @cached_property
    def due(self) -> list[Lot]:
        """What is due in the days, without daily work, as a day's list has it."""
        return [lot for lot in self.lots if self.first <= lot.due_on <= self.last and not is_daily(lot)]

    @cached_property
    def names(self) -> dict[int, str]:
        found = {m.pk: m.short_name for m in self.book.members}
        return {**found, self.book.union.pk: self.book.union.short_name} if self.book.union else found

    @cached_property
    def numbers(self) -> dict[int, int]:
        """No. of each scheduled duty of today's edition, by key."""
        now = next((e for e, first, last in self.book.spans if last is None or self.today <= last), None)
        return {duty.key: duty.number for duty in self.book.duties.get(now.pk, ())} if now else {}

    @cached_property
    def seen(self) -> tuple[Known, ...]:
        """Of `known` what the person chose and may see and what says something: answers, open work."""
        by_id: dict[int, Organization] = {m.pk: m for m in self.book.members}
        if self.book.union:
            by_id[self.book.union.pk] = self.book.union
        return tuple(
            row._replace(answers=self._open(row))
            for row in self.known
            if (row.answers or (row.state == Task.State.OPEN and row.due_on >= self.today))
            and (organization := by_id.get(row.organization_id))
            and self.choice.takes(line_of(row.duty_id).duty, organization)
        )

    def _open(self, row: Known) -> Any:
        """The answers that the person may see."""
        return open_answers(row.duty_id, row.organization_id, row.answers, self.choice.standing)


def is_daily(lot: Lot) -> bool:
    return lot.line.cycle == Cycle.DAILY
