"""A clock that runs around the clock or in opening hours, and stands still while it is stopped. Pure.

Opening hours are 08:30-17:15 of business days. Instants are aware; spans are (from, to), from before to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta

from django.utils import timezone

from opsdesk.calendar.days import Calendar

from .recurrence import END_OF_DAY, TOKYO

Span = tuple[datetime, datetime]
OPENING = time(8, 30)
NEVER = timedelta(days=36500)


def after(
    start: datetime, amount: timedelta, calendar: Calendar | None, stops: Sequence[Span] = ()
) -> datetime:
    """The instant at which `amount` has run since `start`; calendar None: around the clock."""
    left = amount
    for begins, ends in running(start, calendar, stops):
        if left <= ends - begins:
            return begins + left
        left -= ends - begins
    raise ValueError("a clock that is stopped for ever")


def elapsed(
    start: datetime, until: datetime, calendar: Calendar | None, stops: Sequence[Span] = ()
) -> timedelta:
    """How much has run from `start` to `until`; nothing if that is before."""
    found = timedelta()
    for begins, ends in running(start, calendar, stops):
        if begins >= until:
            break
        found += min(ends, until) - begins
    return found


def running(start: datetime, calendar: Calendar | None, stops: Sequence[Span] = ()) -> Iterator[Span]:
    """The spans from `start` on in which the clock runs, in order."""
    merged = _merged(stops)
    for span in [(start, start + NEVER)] if calendar is None else _opening_hours(start, calendar):
        yield from _without(span, merged)


def _opening_hours(start: datetime, calendar: Calendar) -> Iterator[Span]:
    now = timezone.localtime(start, TOKYO)
    while True:
        day = now.date()
        opens, closes = (datetime.combine(day, t, TOKYO) for t in (OPENING, END_OF_DAY))
        if calendar.is_business_day(day) and now < closes:
            yield max(now, opens), closes
        now = datetime.combine(calendar.next_business_day(day + timedelta(days=1)), OPENING, TOKYO)


def _merged(stops: Iterable[Span]) -> list[Span]:
    """The stops in order, those that meet as one."""
    found: list[Span] = []
    for begins, ends in sorted(stops):
        if found and begins <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends)
        else:
            found.append((begins, ends))
    return found


def _without(span: Span, stops: Iterable[Span]) -> Iterator[Span]:
    begins, ends = span
    for stops_at, goes_on in stops:
        if goes_on <= begins or stops_at >= ends:
            continue
        if begins < stops_at:
            yield begins, stops_at
        begins = max(begins, goes_on)
    if begins < ends:
        yield begins, ends
