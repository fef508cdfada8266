"""When a step of a case is due, by the standard due of its duty. Pure.

The clock runs around the clock for levels 1 and 2, for 3 and 4 in opening hours (08:30-17:15 of business
days). What would be due at once after hours is due on the next business day; before a date means the
business day before it, and never before the day of opening."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from opsdesk.calendar.days import Calendar

from .clock import Span, after
from .recurrence import END_OF_DAY, TOKYO

ROUND_THE_CLOCK = ("1", "2")
TILL_THEN = 10
#: Answers of the case by duty key and field key.
Answers = Mapping[int, Mapping[str, Any]]


def due_of(
    rule: Mapping[str, Any],
    opened_at: datetime,
    calendar: Calendar,
    answers: Answers,
    key: int,
    stops: Sequence[Span] = (),
) -> datetime:
    """The instant (aware) at which a step of duty `key`, opened at `opened_at`, is due by `rule`.

    `answers` are those of the steps so far, the own ones among them. A rule that names an answer that is not
    there yet falls back on its business days, and without any on the end of the day. What is due after
    another step has TILL_THEN business days more until that one is closed and the day is known. What is due
    by level waits as long as the clock was stopped (`stops`)."""
    opened_on = timezone.localdate(opened_at)
    if rule.get("after"):
        return _end(calendar.add_business_days(opened_on, rule["business_days"] + TILL_THEN))
    if "by_level" in rule:
        level = level_of(rule, answers, key)
        if limit := rule["by_level"].get(level):
            around = level in ROUND_THE_CLOCK
            return _within(limit, opened_at, calendar, around_the_clock=around, stops=stops)
    if "before" in rule and (day := _date(rule["before"], answers, key)):
        least = calendar.add_business_days(opened_on, rule.get("at_least_business_days", 0))
        return _at(max(_before(day, calendar), least, opened_on), calendar, opened_at)
    if "on" in rule and (day := _date(rule["on"], answers, key)):
        return _at(max(day, opened_on), calendar, opened_at)
    if "business_days" in rule:
        return _end(calendar.add_business_days(opened_on, rule["business_days"]))
    if rule.get("at_once"):
        return opened_at
    return same_day(opened_at, calendar)


def same_day(opened_at: datetime, calendar: Calendar) -> datetime:
    """17:15 of the day; of the next business day if it is closed or later already."""
    day = timezone.localdate(opened_at)
    if timezone.localtime(opened_at, TOKYO).time() > END_OF_DAY:
        day += timedelta(days=1)
    return _end(calendar.next_business_day(day))


def level_of(rule: Mapping[str, Any], answers: Answers, key: int) -> str:
    """The level (1-4) by which a rule by level looks, "" while it is not judged."""
    return str(_answer(rule["level"], answers, key) or "")[:1]


def opening_hours_after(start: datetime, hours: float, calendar: Calendar) -> datetime:
    """The instant `hours` of opening time after `start`."""
    return after(start, timedelta(hours=hours), calendar)


def _within(
    limit: Mapping[str, int],
    opened_at: datetime,
    calendar: Calendar,
    *,
    around_the_clock: bool,
    stops: Sequence[Span] = (),
) -> datetime:
    if "business_days" in limit:
        return _days_after(opened_at, limit["business_days"], calendar, stops)
    hours = timedelta(hours=limit["hours"])
    return after(opened_at, hours, None if around_the_clock else calendar, stops)


def _days_after(start: datetime, days: int, calendar: Calendar, stops: Sequence[Span]) -> datetime:
    """The end of the nth business day after `start`; of a stop each business day that begins in it is one
    more."""
    due = _end(calendar.add_business_days(timezone.localdate(start), days))
    for begins, ends in sorted(stops):
        if ends <= start or begins >= due:
            continue
        first, last = timezone.localdate(max(begins, start)), timezone.localdate(ends)
        waited = sum(
            calendar.is_business_day(first + timedelta(n)) for n in range(1, (last - first).days + 1)
        )
        due = _end(calendar.add_business_days(timezone.localdate(due), waited)) if waited else due
    return due


def _before(day: date, calendar: Calendar) -> date:
    return calendar.previous_business_day(day - timedelta(days=1))


def _at(day: date, calendar: Calendar, opened_at: datetime) -> datetime:
    """17:15 of `day`; where that is past already, the same day's rule."""
    due = _end(day)
    return due if due >= opened_at else same_day(opened_at, calendar)


def _end(day: date) -> datetime:
    return datetime.combine(day, END_OF_DAY, TOKYO)


def _answer(name: str, answers: Answers, key: int) -> Any:
    """The answer that `<field>` or `<duty key>.<field>` names."""
    number, _dot, field = name.rpartition(".")
    return answers.get(int(number) if number else key, {}).get(field)


def _date(name: str, answers: Answers, key: int) -> date | None:
    value = _answer(name, answers, key)
    try:
        return date.fromisoformat(value) if value else None
    except (TypeError, ValueError):
        return None
