"""The heat of a year: how much is due on each day, twelve rows of thirty-one. Pure over a plan."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from opsdesk.calendar.days import last_of_month
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.era import era_short

from .yearplan import OVER, Lot, Plan
from .yearplan_urls import day_url, month_url

#: Days of the longest month; counts from 9 on look the same.
DAYS, DEEPEST = 31, 5


@dataclass(frozen=True)
class Cell:
    """One day, or (`day` None) a place where the month has none. `title` is everything in words."""

    day: date | None = None
    count: int = 0
    closed: str = ""
    is_today: bool = False
    is_late: bool = False
    url: str = ""
    title: str = ""

    @property
    def css(self) -> str:
        if self.day is None:
            return "no"
        level = min(DEEPEST, (self.count + 1) // 2)
        shade = "cl" if self.closed and not self.count else f"h{level}"
        return " ".join(
            [shade, *(["cl-n"] if self.closed and self.count else []), *(["now"] if self.is_today else [])]
        )


@dataclass(frozen=True)
class HeatRow:
    """One month."""

    first: date
    label: str
    url: str
    cells: tuple[Cell, ...]

    @property
    def total(self) -> int:
        return sum(cell.count for cell in self.cells)


def heat(plan: Plan) -> list[HeatRow]:
    """The twelve months of the plan's fiscal year."""
    days: dict[date, list[Lot]] = defaultdict(list)
    for lot in plan.due:
        days[lot.due_on].append(lot)
    return [_row(plan, first, days) for first in FiscalYear.of(plan.first).months]


def _row(plan: Plan, first: date, days: dict[date, list[Lot]]) -> HeatRow:
    last = last_of_month(first.year, first.month).day
    cells = [_cell(plan, first.replace(day=n), days) if n <= last else Cell() for n in range(1, DAYS + 1)]
    return HeatRow(first, _("%(n)s月") % {"n": first.month}, month_url(plan.choice, first), tuple(cells))


def _cell(plan: Plan, day: date, days: dict[date, list[Lot]]) -> Cell:
    lots = days.get(day, [])
    count = sum(lot.all for lot in lots)
    late = sum(lot.late for lot in lots)
    closed = plan.calendar.reason_closed(day)
    return Cell(
        day=day,
        count=count,
        closed=closed,
        is_today=day == plan.today,
        is_late=any(lot.state == OVER for lot in lots),
        url=day_url(plan.choice, day, lots) if lots else "",
        title=_title(era_short(day, plan.first), closed, count, late),
    )


def _title(day: str, closed: str, count: int, late: int) -> str:
    """11/20(金) 期限4件 超過1件, 11/23(月) 閉庁日 勤労感謝の日."""
    words = [day, _("閉庁日 %(why)s") % {"why": closed} if closed else ""]
    if count or not closed:
        words.append(_("期限%(n)s件") % {"n": count})
    if late:
        words.append(_("超過%(n)s件") % {"n": late})
    return " ".join(word for word in words if word)
