"""Questions about a municipality that joins or leaves: which tasks there will be, and which no longer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count

from opsdesk.accounts.models import Organization
from opsdesk.calendar.book import calendar_of

from . import expected
from .models import Task

#: Stands for a municipality that isn't stored.
NOBODY = -1


@dataclass(frozen=True)
class Line:
    """Tasks of one duty: how many in all, how many of them at once."""

    number: int
    work: str
    count: int
    at_once: int = 0


def of_joining(joined_on: date, starts_on: date | None, through: date, today: date) -> list[Line]:
    """What would be made for a municipality that joins, of periods that begin and open up to `through`.

    By the calendar that holds for all. `at_once`: those that open today or earlier."""
    newcomer = Organization(
        pk=NOBODY, kind=Organization.Kind.MEMBER, joined_on=joined_on, operation_starts_on=starts_on
    )
    book = expected.read()
    alone = replace(book, members=(newcomer,), calendars={**book.calendars, NOBODY: calendar_of()})
    counts: Counter[tuple[int, str]] = Counter()
    at_once: Counter[tuple[int, str]] = Counter()
    for slot in alone.slots():
        if newcomer in slot.organizations:
            key = (slot.duty.number, slot.duty.work)
            found = slot.expected(through)
            counts[key] += len(found)
            at_once[key] += sum(e.opens_on <= today for e in found)
    return [Line(*key, counts[key], at_once[key]) for key in sorted(counts) if counts[key]]


def of_leaving(organization: Organization, on: date) -> list[Line]:
    """Open tasks of periods that begin after `on`: withdrawn by the next run after the last day is stored."""
    rows = Task.objects.open().filter(organization=organization, period_on__gt=on)
    return _lines(rows)


def that_stay(organization: Organization, on: date) -> int:
    """Open tasks of periods that began up to `on`: they stay, to be finished."""
    return Task.objects.open().filter(organization=organization, period_on__lte=on).count()


def _lines(rows: Any) -> list[Line]:
    found = rows.order_by("duty__number").values_list("duty__number", "duty__work").annotate(n=Count("pk"))
    return [Line(number, work, count) for number, work, count in found]
