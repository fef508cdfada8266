"""Question: what is planned in some days. Tasks that exist win over occurrences, which fill the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, JSONField, Min, Q, When

from opsdesk.accounts.models import Organization
from opsdesk.calendar.days import Calendar, add_months, last_of_month
from opsdesk.calendar.fiscal import FiscalYear
from raci.models import Cycle, Duty
from raci.outline import Line, line_of

from .boards import within
from .expected import Book, Expected, Slot, read
from .models import Task
from .yearplan_filter import PlanFilter

#: Months that a duty may be open beyond the window, at least; more if a rule says so.
REACH = 1
BEGUN = Q(assignee__isnull=False) | Q(lead__isnull=False) | Q(saved_at__isnull=False)
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
        return state_of(self.all, self.done, self.skipped, self.begun, self.late, self.planned)


def state_of(all: int, done: int, skipped: int, begun: int, late: int, planned: int) -> str:
    """Of several tasks at once: the worst that is to be seen."""
    if late:
        return OVER
    if planned == all:
        return PLANNED
    if done + skipped == all:
        return DONE if done else SKIPPED
    return RUNNING if begun or done else OPEN


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
            row
            for row in self.known
            if (row.answers or (row.state == Task.State.OPEN and row.due_on >= self.today))
            and (organization := by_id.get(row.organization_id))
            and self.choice.takes(line_of(row.duty_id).duty, organization)
        )


def is_daily(lot: Lot) -> bool:
    return lot.line.cycle == Cycle.DAILY


def plan(choice: PlanFilter, first: date, last: date, *, with_daily: bool = False) -> Plan:
    """Everything in six statements, however many tasks and municipalities there are."""
    book = read()
    coming = list(_coming(book, first, last, with_daily=with_daily))
    answered = _answered(choice.request.today, first, last)
    known = tuple(_known(coming, book, answered, with_daily=with_daily))
    there = {(row.key, row.period, row.organization_id) for row in known}
    lots = [
        *_lots(choice, first, last, reach=_reach(book, last), with_daily=with_daily),
        *_planned(coming, there, choice),
    ]
    daily = _daily(book, choice, min(max(choice.request.today, first), last))
    return Plan(choice, book, first, last, tuple(sorted(lots, key=_order)), known, daily)


def _order(lot: Lot) -> tuple[date, int, date]:
    return lot.due_on, lot.line.number, lot.period_on


def _coming(book: Book, first: date, last: date, *, with_daily: bool) -> Iterator[tuple[Slot, Expected]]:
    """Occurrences that open or are due in [first, last], or are open all the time; once a calendar."""
    for slot in book.slots():
        if with_daily or slot.duty.cycle != Cycle.DAILY:
            for one in slot.expected(last, first):
                yield slot, one


def _answered(today: date, first: date, last: date) -> list[str]:
    """Periods whose answers say what comes: the fiscal year, its months from this one on; a month itself."""
    is_month = first.replace(day=1) == last.replace(day=1)
    begin = first if is_month else max(first, today.replace(day=1))
    months = []
    while begin <= last:
        months.append(f"{begin:%Y-%m}")
        begin = add_months(begin, 1)
    return [FiscalYear.of(first).code, *months]


def _known(
    coming: Iterable[tuple[Slot, Expected]], book: Book, answered: list[str], *, with_daily: bool
) -> Iterator[Known]:
    """The generated tasks of these periods, by the index that makes them unique."""
    periods = {one.period for _slot, one in coming} | set(answered)
    keys = {
        duty.key
        for duties in book.duties.values()
        for duty in duties
        if with_daily or duty.cycle != Cycle.DAILY
    }
    answers = Case(When(period__in=answered, then=F("answers")), default=None, output_field=JSONField())
    rows = Task.objects.filter(key__in=keys, period__in=periods, serial=0).order_by()
    columns = ("pk", "key", "period", "period_on", "duty_id", "organization_id", "due_on", "state")
    return map(Known._make, rows.values_list(*columns, answers))


def _planned(
    coming: Iterable[tuple[Slot, Expected]], there: set[tuple[int, str, int]], choice: PlanFilter
) -> Iterable[Lot]:
    """Merged as the database merges tasks: by duty, period and due day, whatever calendar gave the day."""
    seen: dict[int, list[int]] = {}
    found: dict[tuple[int, str, date], Lot] = {}
    for slot, one in coming:
        duty = slot.duty
        if id(slot) not in seen:
            seen[id(slot)] = [o.pk for o in slot.organizations if choice.takes(duty, o)]
        mine = [pk for pk in seen[id(slot)] if (duty.key, one.period, pk) not in there]
        if mine:
            place = (duty.pk, one.period, one.due_on)
            found[place] = _more(found.get(place) or _none(duty, one), one, mine)
    return found.values()


def _none(duty: Duty, one: Expected) -> Lot:
    return Lot(duty.pk, duty.key, one.period, one.period_on, one.due_on, one.opens_on, 0, organizations=0)


def _more(lot: Lot, one: Expected, organizations: list[int]) -> Lot:
    n = len(organizations)
    return lot._replace(
        all=lot.all + n,
        planned=lot.planned + n,
        organizations=lot.organizations + n,
        opens_on=min(lot.opens_on, one.opens_on),
        organization_id=lot.organization_id or organizations[0],
    )


def _lots(choice: PlanFilter, first: date, last: date, *, reach: date, with_daily: bool) -> Iterator[Lot]:
    """Tasks that are due from `first` on and open up to `last`, counted by the database."""
    state = Task.State
    rows = choice.tasks().filter(within(first, reach), opens_on__lte=last)
    if not with_daily:
        rows = rows.exclude(duty__cycle=Cycle.DAILY)
    is_open = Q(state=state.OPEN)
    counted = rows.values_list("duty_id", "key", "period", "period_on", "due_on").annotate(
        Min("opens_on"),
        Count("pk"),
        done=Count("pk", filter=Q(state=state.DONE)),
        skipped=Count("pk", filter=Q(state=state.SKIPPED)),
        begun=Count("pk", filter=is_open & BEGUN),
        late=Count("pk", filter=is_open & Q(due_at__lt=choice.request.now)),
        organizations=Count("organization_id", distinct=True),
        one=Min("organization_id"),
    )
    return map(Lot._make, (((*row, 0)) for row in counted))


def _reach(book: Book, last: date) -> date:
    """The last day on which something that opens by `last` is due."""
    spans = [
        duty.schedule.due_month - duty.schedule.opens_month
        for duties in book.duties.values()
        for duty in duties
    ]
    end = add_months(last, max([*spans, 0]) + REACH)
    return last_of_month(end.year, end.month)


def _daily(book: Book, choice: PlanFilter, day: date) -> int:
    """How many daily tasks a business day around `day` brings."""
    return sum(
        sum(choice.takes(slot.duty, o) for o in slot.organizations)
        for slot in book.slots()
        if slot.duty.cycle == Cycle.DAILY and slot.first <= day and (slot.last is None or day <= slot.last)
    )
