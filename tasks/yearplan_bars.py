"""Yearly and monthly work as bars over thirds of months (旬), grouped as in the sheet. Pure over a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.era import era_short, era_year
from raci.models import Cycle
from raci.outline import Line

from .yearplan import DONE, PLANNED, RUNNING, Lot, Plan
from .yearplan_events import Event
from .yearplan_state import count_of, merged, word_of
from .yearplan_urls import lots_url

#: Thirds of the months of a year. Beside a bar shorter than WIDE stands its label; to the left near the end.
THIRDS, MONTH, WIDE, NEAR_END = 36, 3, 5, 30
EVENT_WORDS = {DONE: gettext_lazy("終了"), RUNNING: gettext_lazy("実施中"), PLANNED: gettext_lazy("予定")}


@dataclass(frozen=True)
class Bar:
    """From third `start` to `end`, both included. `beside`: where the label stands if not inside it."""

    start: int
    end: int
    kind: str
    label: str
    word: str
    url: str = ""
    beside: str = ""
    title: str = ""

    @property
    def span(self) -> int:
        return self.end - self.start + 1


@dataclass(frozen=True)
class Third:
    """A cell of a lane: empty, or where a bar begins. `css`: month start, now."""

    bar: Bar | None = None
    css: str = ""


@dataclass(frozen=True)
class BarRow:
    """One duty (or one event of it) in as many lanes as its bars need beside each other."""

    line: Line | None
    label: str
    url: str  # of the duty, where the edition in force still has it
    mark: str
    lanes: tuple[tuple[Third, ...], ...]

    @property
    def height(self) -> int:
        return len(self.lanes)


@dataclass(frozen=True)
class Section:
    """中項目."""

    name: str
    rows: tuple[BarRow, ...]

    @property
    def height(self) -> int:
        return sum(row.height for row in self.rows)


def third_of(day: date, year: FiscalYear) -> int:
    """0 (上旬 of April) to 35 (下旬 of March); days outside the year count as its ends."""
    day = min(max(day, year.starts_on), year.ends_on)
    month = (day.year - year.year) * 12 + day.month - year.starts_on.month
    return month * 3 + min((day.day - 1) // 10, 2)


def sections(plan: Plan, events: Sequence[Event]) -> list[Section]:
    """Every yearly and monthly duty that has something in the year, in the sheet's order."""
    year = FiscalYear.of(plan.first)
    rows = [row for lots in _by_duty(plan.lots) for row in _rows(plan, year, lots, events)]
    found: dict[str, list[BarRow]] = {}
    section = ""
    for row in rows:
        section = row.line.section if row.line else section
        found.setdefault(section, []).append(row)
    return [Section(name, tuple(group)) for name, group in found.items()]


def _by_duty(lots: Iterable[Lot]) -> list[list[Lot]]:
    """The lots of each key, in order of the newest No."""
    found: dict[int, list[Lot]] = defaultdict(list)
    for lot in lots:
        if lot.line.cycle in (Cycle.MONTHLY, Cycle.YEARLY):
            found[lot.key].append(lot)
    return sorted(found.values(), key=lambda its: _newest(its).line.number)


def _newest(lots: list[Lot]) -> Lot:
    return max(lots, key=lambda lot: (lot.period_on, lot.due_on))


def _rows(plan: Plan, year: FiscalYear, lots: list[Lot], events: Sequence[Event]) -> list[BarRow]:
    newest = _newest(lots)
    now = third_of(plan.today, year) if plan.today in year else -1
    periods: dict[date, list[Lot]] = defaultdict(list)
    for lot in lots:
        periods[lot.period_on].append(lot)
    bars = [_bar(plan, year, merged(its), lots_url(plan.choice, its)) for its in periods.values()]
    mark = plan.choice.standing.mark_on(newest.duty_id, newest.organization_id)
    row = BarRow(newest.line, newest.line.work, _duty_url(plan, newest.key), mark, _lanes(bars, now))
    own = [event for event in events if event.key == newest.key]
    return [row, *(BarRow(None, e.name, "", "", _lanes([_event_bar(e, plan, year)], now)) for e in own)]


def _duty_url(plan: Plan, key: int) -> str:
    number = plan.numbers.get(key)
    return reverse("tasks:duty", args=[number]) if number else ""


def _bar(plan: Plan, year: FiscalYear, lot: Lot, url: str) -> Bar:
    """One period of one duty, whoever does it."""
    start, end = third_of(lot.opens_on, year), third_of(lot.due_on, year)
    length, is_yearly = end - start + 1, lot.line.cycle == Cycle.YEARLY
    due, period = era_short(lot.due_on, plan.first), _period(lot.period_on, is_yearly=is_yearly)
    word = word_of(lot, plan.today)
    said = (word, period, _("期限 %(day)s") % {"day": due}, count_of(lot))
    return Bar(
        start, end, lot.state,
        label=_year_label(period, due, length) if is_yearly else _month_label(lot.period_on, length),
        word=word,
        url=url,
        beside=_beside(end, length) if is_yearly else "",
        title=" ".join(filter(None, said)),
    )  # fmt: skip


def _year_label(period: str, due: str, length: int) -> str:
    return period if length >= WIDE else due.partition("(")[0]


def _month_label(period_on: date, length: int) -> str:
    return _("%(n)s月分") % {"n": period_on.month} if length >= MONTH else str(period_on.month)


def _beside(end: int, length: int) -> str:
    """Where a long label stands: inside (""), or to the left or right of its bar."""
    return "" if length >= WIDE else "left" if end >= NEAR_END else "right"


def _period(first: date, *, is_yearly: bool) -> str:
    if is_yearly:
        return _("%(year)s分") % {"year": FiscalYear.of(first).label}
    return _("%(year)s年%(month)s月分") % {"year": era_year(first), "month": first.month}


def _event_bar(event: Event, plan: Plan, year: FiscalYear) -> Bar:
    start, end = third_of(event.starts_on, year), third_of(event.ends_on, year)
    kind = DONE if event.ends_on < plan.today else PLANNED if event.starts_on > plan.today else RUNNING
    days = event.days(plan.first)
    return Bar(
        start, end, kind,
        label=event.short,
        word=str(EVENT_WORDS[kind]),
        beside=_beside(end, end - start + 1),
        title=f"{EVENT_WORDS[kind]} {event.name} {days}",
    )  # fmt: skip


def _lanes(bars: list[Bar], now: int) -> tuple[tuple[Third, ...], ...]:
    """Bars that overlap lie in different lanes: each goes into the first that is free."""
    lanes: list[list[Bar]] = []
    for bar in sorted(bars, key=lambda b: (b.start, b.end)):
        free = next((lane for lane in lanes if lane[-1].end < bar.start), None)
        if free is None:
            lanes.append([bar])
        else:
            free.append(bar)
    return tuple(_thirds(lane, now) for lane in lanes)


def _thirds(lane: list[Bar], now: int) -> tuple[Third, ...]:
    """The cells of one lane; a bar takes the place of those it covers."""
    begins = {bar.start: bar for bar in lane}
    covered = {n for bar in lane for n in range(bar.start + 1, bar.end + 1)}
    return tuple(
        Third(begins.get(n), " ".join(filter(None, ["ms" if n % 3 == 0 else "", "nw_" if n == now else ""])))
        for n in range(THIRDS)
        if n not in covered
    )
