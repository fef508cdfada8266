"""Holidays: the library beside an independent one, the filling, and the warning."""

from datetime import UTC, date, datetime

import jpholiday
import pytest

from opsdesk.audit.models import Event
from opsdesk.calendar import holidays
from opsdesk.calendar.book import calendar_of
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.calendar.models import Holiday

AT = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize("year", range(2020, 2031))
def test_it_works(year):
    assert sorted(holidays.of_years([year])) == [day for day, _name in jpholiday.year_holidays(year)]


def test_fill(cast):
    added = holidays.fill([2026, 2027], by=None, at=AT)
    assert added == Holiday.objects.count() == 18 + 17
    assert Holiday.objects.get(on=date(2026, 9, 22)).name == "国民の休日"
    event = Event.objects.get(code="holiday.filled")
    assert (event.stream, event.data["days"]["2026-11-23"]) == ("union", "勤労感謝の日")
    assert holidays.fill([2026, 2027], by=None, at=AT) == 0
    assert Event.objects.filter(code="holiday.filled").count() == 1


def test_fill_leaves_what_was_edited(db):
    holidays.fill([2026], by=None, at=AT)
    Holiday.objects.filter(on=date(2026, 11, 3)).update(name="文化の日(改)")
    Holiday.objects.filter(on=date(2026, 11, 23)).delete()
    assert holidays.fill([2026], by=None, at=AT) == 1
    assert calendar_of().reason_closed(date(2026, 11, 3)) == "文化の日(改)"


def test_missing(db):
    today = date(2026, 11, 20)
    assert holidays.missing_for(today) == [FiscalYear(2026), FiscalYear(2027)]
    holidays.fill([2026, 2027], by=None, at=AT)
    assert holidays.missing_for(today) == [FiscalYear(2027)]  # January to March 2028 are not there
    holidays.fill([2028], by=None, at=AT)
    assert holidays.missing_for(today) == []
    assert holidays.missing_for(date(2027, 4, 1)) == [FiscalYear(2028)]


def test_a_first_filling_lasts(db):
    today = date(2026, 11, 20)
    holidays.fill(holidays.years_for(today), by=None, at=AT)
    assert holidays.missing_for(today) == holidays.missing_for(date(2027, 12, 31)) == []
