"""When steps of cases are due: worked by hand."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from opsdesk.calendar.days import Calendar
from tasks.stepdue import due_of, opening_hours_after

TOKYO = ZoneInfo("Asia/Tokyo")
BEFORE = {"before": "apply_on", "business_days": 3}
LEVELS = {
    "by_level": {"1": {"hours": 4}, "2": {"hours": 8}, "3": {"hours": 4}, "4": {"business_days": 5}},
    "level": "16.level",
}


@pytest.fixture
def calendar():
    holidays = {date(2026, 11, 3): "文化の日", date(2026, 11, 23): "勤労感謝の日"}
    return Calendar(holidays=frozenset(holidays), closed=frozenset(), opened=frozenset(), names=holidays)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("rule", "opened", "answers", "due"),
    [
        ({"business_days": 3}, "2026-11-20 10:00", {}, "2026-11-26 17:15"),
        ({"business_days": 1}, "2026-12-28 10:00", {}, "2027-01-04 17:15"),
        ({"same_day": True}, "2026-11-20 17:15", {}, "2026-11-20 17:15"),
        ({"same_day": True}, "2026-11-20 17:16", {}, "2026-11-24 17:15"),
        ({"same_day": True}, "2026-11-21 09:00", {}, "2026-11-24 17:15"),
        ({"at_once": True}, "2026-11-21 09:00", {}, "2026-11-21 09:00"),
        (BEFORE, "2026-11-20 10:00", {2: {"apply_on": "2026-11-30"}}, "2026-11-27 17:15"),
        (BEFORE, "2026-11-20 10:00", {2: {"apply_on": "2026-11-24"}}, "2026-11-20 17:15"),
        (
            {"before": "apply_on", "at_least_business_days": 5},
            "2026-11-20 10:00",
            {2: {"apply_on": "2026-11-26"}},
            "2026-11-30 17:15",
        ),
        ({"business_days": 2, "after": 25}, "2026-11-20 10:00", {}, "2026-12-09 17:15"),
        ({"before": "apply_on"}, "2026-11-20 10:00", {2: {"apply_on": "2026-11-01"}}, "2026-11-20 17:15"),
        ({"before": "apply_on"}, "2026-11-20 18:00", {2: {"apply_on": "2026-11-01"}}, "2026-11-24 17:15"),
        (BEFORE, "2026-11-20 10:00", {}, "2026-11-26 17:15"),
        ({"on": "41.deliver_on"}, "2026-11-20 10:00", {41: {"deliver_on": "2026-12-10"}}, "2026-12-10 17:15"),
        (LEVELS, "2026-11-21 23:00", {16: {"level": "1 全面停止"}}, "2026-11-22 03:00"),
        (LEVELS, "2026-11-20 16:00", {16: {"level": "3 縮退"}}, "2026-11-24 11:15"),
        (LEVELS, "2026-11-20 16:00", {16: {"level": "4 軽微"}}, "2026-11-30 17:15"),
        (LEVELS, "2026-11-20 16:00", {}, "2026-11-20 17:15"),
        ({"business_days": 5, **LEVELS}, "2026-11-20 16:00", {}, "2026-11-30 17:15"),
    ],
)  # fmt: skip
def test_due(calendar, rule, opened, answers, due):
    assert due_of(rule, at(opened), calendar, answers, 2) == at(due)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-20 08:00", 1, "2026-11-20 09:30"),
        ("2026-11-20 17:14", 0.5, "2026-11-24 08:59"),
        ("2026-11-20 20:00", 0, "2026-11-24 08:30"),
        ("2026-12-28 17:00", 9, "2027-01-04 17:15"),
    ],
)
def test_opening_hours(calendar, start, hours, end):
    assert opening_hours_after(at(start), hours, calendar) == at(end)
