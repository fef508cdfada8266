"""The month of a dashboard as a calendar: what is due each day, without daily work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from opsdesk.calendar.days import SATURDAY, Calendar
from opsdesk.lib.era import era_short, era_year

from .boards import Board
from .filters import PERIODIC

WEEK = 7


@dataclass(frozen=True)
class Day:
    """A field of the month's calendar; `number` None outside the month."""

    number: int | None = None
    closed: str = ""
    count: int = 0
    is_late: bool = False
    is_today: bool = False
    url: str = ""


class Month:
    """The month of today, in weeks from Sunday."""

    def __init__(self, board: Board) -> None:
        self.board, self.today = board, board.today
        first, last = board.month
        start = first - timedelta((first.weekday() + 1) % WEEK)
        span = (last - start).days + 1
        days = [start + timedelta(n) for n in range(span + -span % WEEK)]
        cells = [self._day(day) if first <= day <= last else Day() for day in days]
        self.weeks = [cells[n : n + WEEK] for n in range(0, len(cells), WEEK)]
        self.title = _("%(n)s月") % {"n": first.month}
        self.caption = _("%(year)s年%(month)s月の日別の期限件数") % {
            "year": era_year(first),
            "month": first.month,
        }
        self.holidays = _holidays(board.calendar, first, last, board.today)

    def _day(self, day: date) -> Day:
        count = self.board.numbers.days.get(day, 0)
        return Day(
            number=day.day,
            closed=self.board.calendar.reason_closed(day),
            count=count,
            is_late=day in self.board.numbers.late_days,
            is_today=day == self.today,
            url=self.board.url(state="any", cycle=PERIODIC, due_from=day, due_to=day) if count else "",
        )


def _holidays(calendar: Calendar, first: date, last: date, today: date) -> str:
    """11/23(月) 勤労感謝の日: the closed days of the month that are no plain weekend."""
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    named = [d for d in days if d.weekday() < SATURDAY and not calendar.is_business_day(d)]
    return "、".join(f"{era_short(d, today)} {calendar.reason_closed(d)}" for d in named)
