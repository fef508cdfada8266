"""A month as a calendar, in weeks from Sunday: what is due and what opens on each day. Pure over a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from opsdesk.lib.era import weekday
from raci.models import Cycle

from .yearplan import Lot, Plan, is_daily
from .yearplan_state import count_of, merged, word_of
from .yearplan_urls import lots_url, tasks_url

WEEK = 7


@dataclass(frozen=True)
class DayLine:
    """One duty on one day: `words` its state, `count` 3/60 where several do it."""

    number: int
    work: str
    kind: str
    words: str
    count: str = ""
    url: str = ""


@dataclass(frozen=True)
class Day:
    """A field of the calendar; `on` None outside the month."""

    on: date | None = None
    label: str = ""
    closed: str = ""
    is_today: bool = False
    due: tuple[DayLine, ...] = ()
    opening: tuple[DayLine, ...] = ()
    daily: DayLine | None = None

    @property
    def anchor(self) -> str:
        return f"d-{self.on:%d}" if self.on else ""

    @property
    def is_empty(self) -> bool:
        return not (self.due or self.opening or self.daily or self.closed)


def weeks(plan: Plan) -> list[list[Day]]:
    """The plan's month; days outside it are empty fields."""
    due, opening, daily = _by_day(plan)
    start = plan.first - timedelta((plan.first.weekday() + 1) % WEEK)
    span = (plan.last - start).days + 1
    days = [start + timedelta(n) for n in range(span + -span % WEEK)]
    fields = [
        _day(plan, day, due[day], opening[day], daily[day]) if plan.first <= day <= plan.last else Day()
        for day in days
    ]
    return [fields[n : n + WEEK] for n in range(0, len(fields), WEEK)]


ByDay = dict[date, list[Lot]]


def _by_day(plan: Plan) -> tuple[ByDay, ByDay, ByDay]:
    """What is due, what opens (and isn't due the same day), what is daily."""
    due, opening, daily = defaultdict(list), defaultdict(list), defaultdict(list)
    for lot in plan.lots:
        if is_daily(lot):
            daily[lot.due_on].append(lot)
        else:
            due[lot.due_on].append(lot)
            if lot.opens_on != lot.due_on:
                opening[lot.opens_on].append(lot)
    return due, opening, daily


def _day(plan: Plan, day: date, due: list[Lot], opening: list[Lot], daily: list[Lot]) -> Day:
    return Day(
        on=day,
        label=_("%(n)s日(%(weekday)s)") % {"n": day.day, "weekday": weekday(day)},
        closed=plan.calendar.reason_closed(day),
        is_today=day == plan.today,
        due=tuple(_line(plan, lots) for lots in _groups(due)),
        opening=tuple(_line(plan, lots) for lots in _groups(opening)),
        daily=_daily(plan, day, daily) if daily else None,
    )


def _groups(lots: Iterable[Lot]) -> list[list[Lot]]:
    """Lots of one duty and period are one line."""
    found: dict[tuple[int, date], list[Lot]] = defaultdict(list)
    for lot in lots:
        found[lot.key, lot.period_on].append(lot)
    return sorted(found.values(), key=lambda its: its[0].line.number)


def _line(plan: Plan, lots: list[Lot]) -> DayLine:
    lot, line = merged(lots), lots[0].line
    words, url = word_of(lot, plan.today), lots_url(plan.choice, lots)
    return DayLine(line.number, line.short, lot.state, words, count_of(lot), url)


def _daily(plan: Plan, day: date, lots: list[Lot]) -> DayLine:
    """All daily work of a day in one line."""
    lot = merged(lots)
    made = lot.all > lot.planned
    url = tasks_url(plan.choice, cycle=Cycle.DAILY.value, due_from=day, due_to=day) if made else ""
    total = _("%(n)s件") % {"n": lot.all}
    return DayLine(0, _("日次"), lot.state, word_of(lot, plan.today), made and count_of(lot) or total, url)
