"""Business days: vectors that are known from the official calendar, and the rules of added days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsdesk.calendar import holidays
from opsdesk.calendar.days import Calendar
from opsdesk.calendar.fiscal import FiscalYear

NAMES = holidays.of_years(range(2025, 2029))
JAPAN = Calendar(holidays=frozenset(NAMES), names=NAMES)


def test_it_works():
    assert JAPAN.is_business_day(date(2026, 11, 20))
    assert JAPAN.ordinal(date(2026, 11, 20)) == 14
    assert JAPAN.next_business_day(date(2026, 11, 21)) == date(2026, 11, 24)
    assert JAPAN.add_business_days(date(2026, 11, 20), 5) == date(2026, 11, 30)
    assert JAPAN.add_business_days(date(2026, 11, 24), -1) == date(2026, 11, 20)


@pytest.mark.parametrize("day", [21, 22, 23])
def test_silver_week(day):
    assert not JAPAN.is_business_day(date(2026, 9, day))


@pytest.mark.parametrize(
    ("day", "previous", "following"),
    [
        (date(2026, 10, 31), date(2026, 10, 30), date(2026, 11, 2)),
        (date(2026, 12, 31), date(2026, 12, 28), date(2027, 1, 4)),
        (date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 20)),
    ],
)
def test_neighbours(day, previous, following):
    assert JAPAN.previous_business_day(day) == previous
    assert JAPAN.next_business_day(day) == following


@pytest.mark.parametrize(
    ("n", "day"),
    [(1, date(2027, 5, 6)), (5, date(2027, 5, 12)), (-1, date(2027, 5, 31)), (19, None), (0, None)],
)
def test_nth(n, day):
    assert JAPAN.nth_business_day(2027, 5, n) == day


@pytest.mark.parametrize(("year", "days"), [(2026, 241), (2027, 243)])
def test_days_of_a_fiscal_year(year, days):
    fiscal = FiscalYear(year)
    assert len(JAPAN.business_days(fiscal.starts_on, fiscal.ends_on)) == days


DAYS = st.dates(date(2025, 12, 1), date(2028, 2, 1))


@given(a=DAYS, b=DAYS, holidays=st.frozensets(DAYS), closed=st.frozensets(DAYS), opened=st.frozensets(DAYS))
def test_distance_is_what_walking_counts(a, b, holidays, closed, opened):
    near = frozenset(date(year, *day) for year in (2026, 2027) for day in ((1, 2), (12, 30), (12, 31)))
    for calendar in (
        Calendar(holidays, closed, opened),
        Calendar(holidays | near, closed, opened | near),
        JAPAN,
    ):
        first, last = sorted((a, b))
        walked = len(calendar.business_days(first + timedelta(1), last))
        assert calendar.distance(first, last) == walked
        assert calendar.distance(last, first) == -walked


def test_distance():
    assert JAPAN.distance(date(2026, 11, 18), date(2026, 11, 20)) == 2
    assert JAPAN.distance(date(2026, 11, 20), date(2026, 11, 20)) == 0
    assert JAPAN.distance(date(2026, 11, 20), date(2026, 11, 24)) == 1
    assert JAPAN.distance(date(2026, 11, 24), date(2026, 11, 20)) == -1


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 9, 22), "国民の休日"),
        (date(2026, 12, 30), "年末年始"),
        (date(2027, 1, 1), "元日"),
        (date(2026, 11, 21), "土曜日"),
        (date(2026, 11, 22), "日曜日"),
        (date(2026, 11, 20), ""),
    ],
)
def test_reason(day, reason):
    assert JAPAN.reason_closed(day) == reason


def test_a_closed_day_closes_and_an_open_day_wins():
    day = date(2026, 11, 20)
    closed = Calendar(closed=frozenset({day}), names={day: "庁舎停電"})
    assert not closed.is_business_day(day)
    assert closed.reason_closed(day) == "庁舎停電"
    both = Calendar(closed=frozenset({day}), opened=frozenset({day, date(2026, 11, 21)}))
    assert both.is_business_day(day)
    assert both.is_business_day(date(2026, 11, 21))


def test_fiscal_year():
    year = FiscalYear.of(date(2027, 3, 31))
    assert (year, year.label, year.code) == (FiscalYear(2026), "令和8年度", "FY2026")
    assert (year.starts_on, year.ends_on) == (date(2026, 4, 1), date(2027, 3, 31))
    assert FiscalYear.of(date(2027, 4, 1)) == year.next()
    assert year.months[0] == date(2026, 4, 1)
    assert year.months[-1] == date(2027, 3, 1)
    assert date(2027, 3, 31) in year
    assert date(2027, 4, 1) not in year


@pytest.mark.parametrize(
    ("year", "label"), [(2018, "平成30年度"), (2019, "令和元年度"), (1988, "昭和63年度")]
)
def test_fiscal_year_and_eras(year, label):
    assert FiscalYear(year).label == label
