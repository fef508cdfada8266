"""Which days are business days (開庁日), and counting in them. Pure: no database, no clock."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django.utils.translation import gettext as _

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """The days of one organization. `names` says why a day is closed or opened; it never decides."""

    holidays: frozenset[date] = frozenset()
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()
    names: Mapping[date, str] = field(default_factory=dict, compare=False, repr=False)

    def is_business_day(self, d: date) -> bool:
        """Not a weekend, a holiday, 12/29-1/3 or a closed day; an opened day wins."""
        if d in self.opened:
            return True
        return not (d.weekday() >= SATURDAY or d in self.holidays or is_new_year_break(d) or d in self.closed)

    def next_business_day(self, d: date) -> date:
        """`d` itself if it is one, else the first after it."""
        while not self.is_business_day(d):
            d += DAY
        return d

    def previous_business_day(self, d: date) -> date:
        """`d` itself if it is one, else the last before it."""
        while not self.is_business_day(d):
            d -= DAY
        return d

    def add_business_days(self, d: date, n: int) -> date:
        """The nth business day after `d` (before it, if n < 0); n = 0 is `d` itself."""
        step = DAY if n > 0 else -DAY
        for _nth in range(abs(n)):
            d += step
            while not self.is_business_day(d):
                d += step
        return d

    def nth_business_day(self, year: int, month: int, n: int) -> date | None:
        """The nth business day of a month, counted from its end if n < 0; None if there is none."""
        if (year, month) not in self._months:
            self._months[year, month] = self.business_days(date(year, month, 1), last_of_month(year, month))
        days = self._months[year, month]
        index = n - 1 if n > 0 else n
        return days[index] if n and -len(days) <= index < len(days) else None

    @cached_property
    def _months(self) -> dict[tuple[int, int], list[date]]:
        """Business days of the months that were asked about: rules ask for the same month many times."""
        return {}

    def business_days(self, start: date, end: date) -> list[date]:
        """All of them from `start` to `end`, both included."""
        days = (start + timedelta(days=i) for i in range((end - start).days + 1))
        return [d for d in days if self.is_business_day(d)]

    def ordinal(self, d: date) -> int:
        """How many business days its month has had up to and with `d`: 14 for the 14th."""
        return self._until(d) - self._until(d.replace(day=1) - DAY)

    def distance(self, a: date, b: date) -> int:
        """Business days from `a` to `b`: days after `a` up to `b`; negative if `b` is earlier."""
        return self._until(b) - self._until(a)

    def _until(self, d: date) -> int:
        """Business days up to `d`, without walking: a page of a thousand overdue tasks asks for each."""
        day = d.toordinal()
        opened, closed = self._exceptions
        weekdays = day // 7 * 5 + min(day % 7, SATURDAY) - bisect_right(NEW_YEAR_WEEKDAYS, day)
        return weekdays - bisect_right(closed, day) + bisect_right(opened, day)

    @cached_property
    def _exceptions(self) -> tuple[list[int], list[int]]:
        """Ordinals of opened days that would be closed by themselves, and of the other closed weekdays."""
        opened = [d for d in self.opened if d.weekday() >= SATURDAY or is_new_year_break(d)]
        named = (self.holidays | self.closed) - self.opened
        closed = [d for d in named if d.weekday() < SATURDAY and not is_new_year_break(d)]
        return sorted(map(date.toordinal, opened)), sorted(map(date.toordinal, closed))

    def reason_closed(self, d: date) -> str:
        """敬老の日, 年末年始, 土曜日, 日曜日 or the name of the closed day; "" on a business day."""
        if self.is_business_day(d):
            return ""
        if d in self.holidays:
            return self.names.get(d) or _("祝日")
        if is_new_year_break(d):
            return _("年末年始")
        if d.weekday() >= SATURDAY:
            return _("土曜日") if d.weekday() == SATURDAY else _("日曜日")
        return self.names.get(d) or _("休庁日")


def is_new_year_break(d: date) -> bool:
    """12/29-1/3: 地方自治法第4条の2第2項 and the ordinances after it."""
    return (d.month == 12 and d.day >= 29) or (d.month == 1 and d.day <= 3)


#: Ordinals of the weekdays in the break, as far as dates go here.
NEW_YEAR_WEEKDAYS = [
    d.toordinal()
    for year in range(1868, 2201)
    for d in (
        date(year, 1, 1),
        date(year, 1, 2),
        date(year, 1, 3),
        *(date(year, 12, n) for n in (29, 30, 31)),
    )
    if d.weekday() < SATURDAY
]


def last_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def add_months(first: date, n: int) -> date:
    """The first day of the month n months after the month of `first`."""
    years, month = divmod(first.month - 1 + n, 12)
    return date(first.year + years, month + 1, 1)
