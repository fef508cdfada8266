"""Until when an incident is to be answered (No.16) and mended (No.18-23): worked by hand.

2026-11: Mon 23 is a holiday; 12-29 to 01-03 is closed, 2027-01-01 a Friday, Mon 01-11 a holiday."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from incidents.deadlines import reckon
from opsdesk.calendar.days import Calendar

TOKYO = ZoneInfo("Asia/Tokyo")
#: The times of the sheet's settings: until the answer, until the recovery.
ANSWER = {
    "by_level": {"1": {"hours": 1}, "2": {"hours": 2}, "3": {"hours": 4}, "4": {"business_days": 1}},
    "level": "15.provisional_level",
}
MEND = {
    "by_level": {
        "1": {"hours": 4}, "2": {"hours": 8}, "3": {"business_days": 2}, "4": {"business_days": 5},
    },
    "level": "16.level",
}  # fmt: skip
HOLIDAYS = {date(2026, 11, 23): "勤労感謝の日", date(2027, 1, 1): "元日", date(2027, 1, 11): "成人の日"}


@pytest.fixture
def calendar():
    return Calendar(holidays=frozenset(HOLIDAYS), closed=frozenset(), opened=frozenset(), names=HOLIDAYS)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


def found(rule, level, start, calendar, stops=()):
    answers = {15: {"provisional_level": level}, 16: {"level": f"{level} x"}}
    spans = [(at(begins), at(ends)) for begins, ends in stops]
    return reckon(rule, at(start), calendar, answers, 18, spans)


WEEK = [
    # levels 1 and 2 run around the clock, over nights, weekends, holidays and the turn of the year
    (ANSWER, "1", "2026-11-24 09:00", "2026-11-24 10:00"),
    (ANSWER, "1", "2026-11-24 23:30", "2026-11-25 00:30"),
    (ANSWER, "1", "2026-11-21 12:00", "2026-11-21 13:00"),
    (ANSWER, "1", "2026-12-31 23:15", "2027-01-01 00:15"),
    (ANSWER, "2", "2026-11-24 16:00", "2026-11-24 18:00"),
    (ANSWER, "2", "2026-11-20 23:00", "2026-11-21 01:00"),
    (ANSWER, "2", "2026-11-23 08:00", "2026-11-23 10:00"),
    (ANSWER, "2", "2027-01-02 00:00", "2027-01-02 02:00"),
    (MEND, "1", "2026-11-24 09:31", "2026-11-24 13:31"),
    (MEND, "1", "2026-11-22 22:00", "2026-11-23 02:00"),
    (MEND, "1", "2026-12-28 17:15", "2026-12-28 21:15"),
    (MEND, "1", "2026-12-31 20:00", "2027-01-01 00:00"),
    (MEND, "2", "2026-11-24 09:31", "2026-11-24 17:31"),
    (MEND, "2", "2026-11-20 17:00", "2026-11-21 01:00"),
    (MEND, "2", "2026-11-21 10:00", "2026-11-21 18:00"),
    (MEND, "2", "2026-12-31 18:00", "2027-01-01 02:00"),
    # level 3 answers within 4 opening hours: 08:30-17:15 of business days
    (ANSWER, "3", "2026-11-24 09:00", "2026-11-24 13:00"),
    (ANSWER, "3", "2026-11-24 08:30", "2026-11-24 12:30"),
    (ANSWER, "3", "2026-11-24 06:00", "2026-11-24 12:30"),
    (ANSWER, "3", "2026-11-24 13:15", "2026-11-24 17:15"),
    (ANSWER, "3", "2026-11-24 13:16", "2026-11-25 08:31"),
    (ANSWER, "3", "2026-11-24 16:15", "2026-11-25 11:30"),
    (ANSWER, "3", "2026-11-24 17:15", "2026-11-25 12:30"),
    (ANSWER, "3", "2026-11-24 20:00", "2026-11-25 12:30"),
    (ANSWER, "3", "2026-11-20 16:15", "2026-11-24 11:30"),
    (ANSWER, "3", "2026-11-21 10:00", "2026-11-24 12:30"),
    (ANSWER, "3", "2026-11-23 10:00", "2026-11-24 12:30"),
    (ANSWER, "3", "2026-12-28 15:15", "2027-01-04 10:30"),
    (ANSWER, "3", "2026-12-29 09:00", "2027-01-04 12:30"),
    (ANSWER, "3", "2027-01-08 17:00", "2027-01-12 12:15"),
    # business days end at 17:15
    (ANSWER, "4", "2026-11-24 09:00", "2026-11-25 17:15"),
    (ANSWER, "4", "2026-11-24 18:00", "2026-11-25 17:15"),
    (ANSWER, "4", "2026-11-20 09:00", "2026-11-24 17:15"),
    (ANSWER, "4", "2026-11-22 09:00", "2026-11-24 17:15"),
    (ANSWER, "4", "2026-12-28 09:00", "2027-01-04 17:15"),
    (MEND, "3", "2026-11-24 09:00", "2026-11-26 17:15"),
    (MEND, "3", "2026-11-19 09:00", "2026-11-24 17:15"),
    (MEND, "3", "2026-11-20 09:00", "2026-11-25 17:15"),
    (MEND, "3", "2026-12-25 09:00", "2027-01-04 17:15"),
    (MEND, "3", "2027-01-07 09:00", "2027-01-12 17:15"),
    (MEND, "4", "2026-11-24 09:00", "2026-12-01 17:15"),
    (MEND, "4", "2026-11-16 09:00", "2026-11-24 17:15"),
    (MEND, "4", "2026-12-22 09:00", "2027-01-04 17:15"),
    (MEND, "4", "2026-12-31 09:00", "2027-01-08 17:15"),
]
#: (rule, level, start, the clock stood still from … to …, due)
WAITED = [
    (MEND, "1", "2026-11-24 09:00", [("2026-11-24 10:00", "2026-11-24 11:00")], "2026-11-24 14:00"),
    (MEND, "1", "2026-11-24 09:00", [("2026-11-24 08:00", "2026-11-24 09:30")], "2026-11-24 13:30"),
    (MEND, "1", "2026-11-24 09:00", [("2026-11-24 13:00", "2026-11-24 15:00")], "2026-11-24 13:00"),
    (MEND, "1", "2026-11-24 09:00", [("2026-11-24 12:59", "2026-11-24 15:00")], "2026-11-24 15:01"),
    (
        MEND, "2", "2026-11-24 09:00",
        [("2026-11-24 10:00", "2026-11-24 12:00"), ("2026-11-24 11:00", "2026-11-24 13:00")],
        "2026-11-24 20:00",
    ),
    (
        MEND, "2", "2026-11-24 09:00",
        [("2026-11-24 18:00", "2026-11-25 09:00"), ("2026-11-24 10:00", "2026-11-24 12:00")],
        "2026-11-25 10:00",
    ),
    (MEND, "2", "2026-12-31 20:00", [("2026-12-31 22:00", "2027-01-04 08:30")], "2027-01-04 14:30"),
    (ANSWER, "3", "2026-11-24 09:00", [("2026-11-24 10:00", "2026-11-24 11:00")], "2026-11-24 14:00"),
    (ANSWER, "3", "2026-11-24 09:00", [("2026-11-24 10:00", "2026-11-25 10:00")], "2026-11-25 13:00"),
    (ANSWER, "3", "2026-11-24 15:15", [("2026-11-24 17:15", "2026-11-25 08:30")], "2026-11-25 10:30"),
    (ANSWER, "3", "2026-11-20 15:15", [("2026-11-20 16:15", "2026-11-24 09:30")], "2026-11-24 12:30"),
    (MEND, "3", "2026-11-24 09:00", [("2026-11-24 10:00", "2026-11-24 12:00")], "2026-11-26 17:15"),
    (MEND, "3", "2026-11-24 09:00", [("2026-11-24 10:00", "2026-11-25 09:00")], "2026-11-27 17:15"),
    (MEND, "3", "2026-11-19 09:00", [("2026-11-20 10:00", "2026-11-25 09:00")], "2026-11-26 17:15"),
    (MEND, "3", "2026-12-25 09:00", [("2026-12-28 10:00", "2027-01-05 10:00")], "2027-01-06 17:15"),
    (MEND, "4", "2026-11-24 09:00", [("2026-11-25 09:00", "2026-11-27 09:00")], "2026-12-03 17:15"),
    (MEND, "4", "2026-11-24 09:00", [("2026-12-02 09:00", "2026-12-04 09:00")], "2026-12-01 17:15"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "level", "start", "due"), WEEK)
def test_due(calendar, rule, level, start, due):
    assert found(rule, level, start, calendar).due == at(due)


@pytest.mark.parametrize(("rule", "level", "start", "stops", "due"), WAITED)
def test_waiting_stops_the_clock(calendar, rule, level, start, stops, due):
    assert found(rule, level, start, calendar, stops).due == at(due)


@pytest.mark.parametrize(
    ("rule", "level", "start", "stops", "half"),
    [
        (MEND, "1", "2026-11-24 09:00", [], "2026-11-24 11:00"),
        (MEND, "1", "2026-11-24 09:00", [("2026-11-24 10:00", "2026-11-24 11:00")], "2026-11-24 12:00"),
        (ANSWER, "3", "2026-11-24 16:15", [], "2026-11-25 09:30"),
        (ANSWER, "4", "2026-11-24 08:30", [], "2026-11-24 17:15"),
    ],
)
def test_half(calendar, rule, level, start, stops, half):
    assert found(rule, level, start, calendar, stops).half == at(half)


def test_what_is_used_and_left(calendar):
    given = found(MEND, "1", "2026-11-24 09:00", calendar, [("2026-11-24 10:00", "2026-11-24 11:00")])
    hours = [
        (given.used(at(f"2026-11-24 {t}"), calendar), given.left(at(f"2026-11-24 {t}"), calendar))
        for t in ("09:00", "10:30", "13:00", "14:00", "15:00")
    ]
    h = timedelta(hours=1)
    assert hours == [(0 * h, 4 * h), (h, 3 * h), (3 * h, h), (4 * h, 0 * h), (5 * h, -h)]


def test_no_level_no_deadline(calendar):
    assert found(MEND, "", "2026-11-24 09:00", calendar) is None
    assert found({"business_days": 3}, "1", "2026-11-24 09:00", calendar) is None
    assert len(WEEK) + len(WAITED) >= 60
