"""A second opinion about dates: the schedules written down again, holidays by jpholiday, nothing of ours."""

from collections.abc import Container, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import NamedTuple

import jpholiday

DAY = timedelta(days=1)
DAILY = {7: "common", 8: "each", 9: "common"}
# No.: (scope, opens, due); a point is (months from the period's first, "bd" or "day", n)
MONTHLY = {
    1: ("common", (-1, "bd", 1), (-1, "day", 25)),
    28: ("common", (-1, "bd", 1), (-1, "bd", 3)),
    29: ("each", (-1, "bd", 4), (-1, "bd", 9)),
    30: ("common", (-1, "bd", 10), (-1, "bd", 13)),
    31: ("common", (-1, "bd", 14), (-1, "bd", -1)),
    32: ("common", (0, "bd", 1), (0, "bd", -1)),
    33: ("common", (0, "bd", 1), (1, "bd", 2)),
    34: ("common", (0, "bd", 1), (0, "bd", -1)),
    35: ("common", (0, "bd", 1), (1, "bd", 2)),
    36: ("common", (-1, "bd", 1), (-1, "day", 22)),
}
YEARLY = {  # from April
    3: ("each", (-2, "bd", 1), (-1, "day", 15)),
    4: ("each", (-1, "bd", -5), (0, "bd", 1)),
    5: ("each", (0, "bd", 1), (0, "bd", 5)),
    27: ("common", (-4, "bd", 1), (-2, "bd", -1)),
    38: ("common", (-4, "bd", 1), (-3, "bd", -1)),
    39: ("each", (-2, "bd", 1), (-2, "bd", -1)),
}
SCOPES = DAILY | {n: row[0] for n, row in (MONTHLY | YEARLY).items()}


class Should(NamedTuple):
    """A task that should be there."""

    number: int
    organization: str
    period: str
    opens_on: date
    due_on: date
    due_at: datetime


@cache
def is_open(day: date, closed: frozenset[date] = frozenset(), opened: frozenset[date] = frozenset()) -> bool:
    if day in opened:
        return True
    if day.weekday() > 4 or jpholiday.is_holiday(day) or (day.month, day.day) in BREAK:
        return False
    return day not in closed


BREAK = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}


def shifted(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@cache
def day_of(
    first: date, point: tuple[int, str, int], closed: frozenset[date], opened: frozenset[date]
) -> date:
    month = shifted(first, point[0])
    days = [d for d in (month + DAY * i for i in range(31)) if d.month == month.month]
    good = [d for d in days if is_open(d, closed, opened)]
    if point[1] == "bd":
        return good[point[2] - 1 if point[2] > 0 else point[2]]
    found = date(month.year, month.month, point[2])
    while not is_open(found, closed, opened):
        found -= DAY
    return found


def occasions(
    number: int,
    start: date,
    end: date,
    closed: frozenset[date] = frozenset(),
    opened: frozenset[date] = frozenset(),
) -> Iterator[tuple[date, str, date, date]]:
    """(first day of the period, period, opens, due) of all periods that begin in [start, end]."""
    for i in range((end - start).days + 1):
        day = start + DAY * i
        if number in DAILY:
            if is_open(day, closed, opened):
                yield day, day.isoformat(), day, day
        elif day.day == 1 and (number in MONTHLY or day.month == 4):
            _scope, opens, due = (MONTHLY | YEARLY)[number]
            period = f"{day:%Y-%m}" if number in MONTHLY else f"FY{day.year}"
            yield day, period, day_of(day, opens, closed, opened), day_of(day, due, closed, opened)


def expected(
    members: dict[str, tuple[date, date | None]],
    *,
    in_force_on: date,
    starts_on: date,
    through: date,
    closed: dict[str, frozenset[date]] = {},  # noqa: B006
    opened: dict[str, frozenset[date]] = {},  # noqa: B006
    without: Container[int] = (),
) -> set[Should]:
    """What should be there on `through`. `members`: code → (joined, left); days by code, "union" for all."""
    found = set()
    for number, scope in SCOPES.items():
        if number in without:
            continue
        for code, (joined, left) in ({"union": (date.min, None)} if scope == "common" else members).items():
            shut = closed.get("union", frozenset()) | closed.get(code, frozenset())
            open_ = opened.get("union", frozenset()) | opened.get(code, frozenset())
            start, end = max(in_force_on, joined), min(through + 200 * DAY, left or date.max)
            for _first, period, opens, due in occasions(number, start, end, shut, open_):
                opens = max(opens, starts_on)
                if due >= starts_on and opens <= through:
                    at = datetime(due.year, due.month, due.day, 8, 15, tzinfo=UTC)  # 17:15 of Tokyo
                    found.add(Should(number, code, period, opens, due, at))
    return found
