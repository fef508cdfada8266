"""Until when an incident is to be answered and mended, and how that was reckoned. Pure.

The times stand in the standard due of the duties, by level; the clock (tasks.clock) runs around the clock for
levels 1 and 2, in opening hours for 3 and 4, and stands still while somebody else is waited for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opsdesk.calendar.days import Calendar
from tasks.clock import Span, after, elapsed
from tasks.stepdue import ROUND_THE_CLOCK, Answers, due_of, level_of


@dataclass(frozen=True)
class Reckoning:
    """From `start` to `due` by `level`; `hours` or `days` (business days) is the limit; `stops`: when it
    stood still in between. `half`: when half of the time has run."""

    level: str
    start: datetime
    due: datetime
    half: datetime
    hours: int | None
    days: int | None
    is_around: bool
    stops: tuple[Span, ...]

    def used(self, until: datetime, calendar: Calendar) -> timedelta:
        """How much of the time has run at `until`."""
        return elapsed(self.start, until, None if self.is_around else calendar, self.stops)

    def left(self, now: datetime, calendar: Calendar) -> timedelta:
        """How much is left; negative after it."""
        clock = None if self.is_around else calendar
        if now <= self.due:
            return elapsed(max(now, self.start), self.due, clock, self.stops)
        return -elapsed(self.due, now, clock, self.stops)


def reckon(
    rule: Mapping[str, Any],
    start: datetime,
    calendar: Calendar,
    answers: Answers,
    key: int,
    stops: Sequence[Span] = (),
) -> Reckoning | None:
    """When a step of duty `key` that opened at `start` is due; None if its standard due names no level."""
    level = level_of(rule, answers, key) if "by_level" in rule else ""
    limit = rule["by_level"].get(level) if level else None
    if not limit:
        return None
    is_around = level in ROUND_THE_CLOCK and "hours" in limit
    due = due_of(rule, start, calendar, answers, key, stops)
    met = tuple(_within(stops, start, due))
    clock = None if is_around else calendar
    half = after(start, elapsed(start, due, clock, met) / 2, clock, met)
    return Reckoning(level, start, due, half, limit.get("hours"), limit.get("business_days"), is_around, met)


def _within(stops: Iterable[Span], start: datetime, due: datetime) -> Iterable[Span]:
    return (span for span in sorted(stops) if span[1] > start and span[0] < due)
