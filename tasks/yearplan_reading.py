"""Question: read a plan. Tasks that exist win over occurrences, which fill the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Case, Count, F, JSONField, Min, Q, When

from opsdesk.calendar.days import add_months, last_of_month
from opsdesk.calendar.fiscal import FiscalYear
from raci.models import Cycle, Duty

from .boards import within
from .expected import Book, Expected, Slot, read
from .models import Task
from .yearplan import Known, Lot, Plan
from .yearplan_filter import PlanFilter

#: Months that a duty may be open beyond the window, at least; more if a rule says so.
REACH = 1
BEGUN = Q(assignee__isnull=False) | Q(lead__isnull=False) | Q(saved_at__isnull=False)


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
        rows = rows.periodic()
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
