"""Opening hours: 08:30-17:15 of business days."""

from datetime import date

import pytest

from opsdesk.calendar.days import Calendar
from opsdesk.notices.hours import is_open, next_opening
from tests.make import at

CALENDAR = Calendar(holidays=frozenset({date(2026, 11, 23)}), opened=frozenset({date(2026, 11, 28)}))


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        (at(8, 29), at(8, 30)),
        (at(8, 30), at(8, 30)),
        (at(17, 14), at(17, 14)),
        (at(17, 15), at(8, 30, date(2026, 11, 25))),
        (at(18, 0, date(2026, 11, 20)), at(8, 30)),  # a weekend and a holiday between
        (at(9, 0, date(2026, 11, 28)), at(9, 0, date(2026, 11, 28))),  # a Saturday, opened
        (at(9, 0, date(2026, 12, 29)), at(8, 30, date(2027, 1, 4))),
    ],
)
def test_the_next_opening(moment, opening):
    assert next_opening(CALENDAR, moment) == opening
    assert is_open(CALENDAR, moment) == (moment == opening)
