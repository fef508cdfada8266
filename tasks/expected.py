"""What there should be: the occurrences that editions, organizations and calendars ask for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import NamedTuple

from django.core.serializers.json import DjangoJSONEncoder

from opsdesk.accounts.models import Organization
from opsdesk.calendar.book import calendars_of
from opsdesk.calendar.days import Calendar, add_months
from opsdesk.calendar.models import ClosedDay, Holiday, OpenDay
from raci.models import Cycle, Duty, Edition, Scope

from .recurrence import Occurrence, Rule, occurrences, rule_of


class Expected(NamedTuple):
    """One task that should be there, of some duty and organization."""

    period: str
    period_on: date
    opens_on: date
    due_on: date
    due_at: datetime


@dataclass(frozen=True)
class Slot:
    """One duty of one edition for organizations that share calendar and dates.

    It holds the periods that begin in [first, last]."""

    duty: Duty
    rule: Rule
    calendar: Calendar
    first: date
    last: date | None
    starts_on: date
    organizations: tuple[Organization, ...]

    def expected(self, through: date, since: date = date.min) -> list[Expected]:
        """What opens up to `through` and is due on `since` or later, never before operation started."""
        since = max(since, self.starts_on)
        return [
            Expected(o.period, o.period_on, self.opening(o), o.due_on, o.due_at)
            for o in self.occurrences(*self.periods(since, through))
            if o.due_on >= since and self.opening(o) <= through
        ]

    def opening(self, occurrence: Occurrence) -> date:
        """One that opens before operation started opens on that day."""
        return max(occurrence.opens_on, self.starts_on)

    def occurrences(self, start: date, end: date) -> list[Occurrence]:
        """By the rule, of the periods of this slot that begin in [start, end]."""
        start = max(start, self.first)
        end = min(end, self.last) if self.last else end
        return occurrences(self.rule, self.calendar, start, end) if start <= end else []

    def periods(self, due_from: date, opens_to: date) -> tuple[date, date]:
        """Where the periods begin that are due on `due_from` or later and open on `opens_to` or earlier.

        And some more: a closed day moves a day into the next month at most."""
        if self.duty.cycle == Cycle.DAILY:
            return due_from, opens_to
        schedule = self.duty.schedule
        ahead = min(schedule.opens_month, schedule.due_month) - 1
        return add_months(due_from, -schedule.due_month - 1), add_months(opens_to, -ahead)


@dataclass(frozen=True)
class Book:
    """All that decides which tasks there are, read once."""

    union: Organization | None
    members: tuple[Organization, ...]
    spans: tuple[tuple[Edition, date, date | None], ...]  # each published edition and the days it is in force
    duties: dict[int, tuple[Duty, ...]]  # scheduled ones, by edition
    calendars: dict[int, Calendar]

    def slots(self) -> Iterator[Slot]:
        """Every scheduled duty of every edition, for the organizations that share a calendar and dates."""
        if self.union is None or self.union.operation_starts_on is None:
            return
        for edition, first, last in self.spans:
            each = self._groups(first, last)
            for duty in self.duties.get(edition.pk, ()):
                rule = rule_of(duty)
                if rule is None:
                    continue
                if duty.scope == Scope.COMMON:
                    start = self.union.operation_starts_on
                    yield Slot(duty, rule, self.calendars[self.union.pk], first, last, start, (self.union,))
                else:
                    for (calendar, begins, ends, start), members in each.items():
                        yield Slot(duty, rule, calendar, begins, ends, start, tuple(members))

    def _groups(
        self, first: date, last: date | None
    ) -> dict[tuple[Calendar, date, date | None, date], list[Organization]]:
        """Municipalities by calendar and by the days of [first, last] on which they are members."""
        groups: dict[tuple[Calendar, date, date | None, date], list[Organization]] = {}
        for member in self.members:
            begins = max(first, member.joined_on)
            ends = min((d for d in (last, member.left_on) if d), default=None)
            if ends is None or begins <= ends:
                key = (self.calendars[member.pk], begins, ends, self.starts_on(member))
                groups.setdefault(key, []).append(member)
        return groups

    def starts_on(self, organization: Organization) -> date:
        """運用開始日: the union's; a municipality may start later."""
        assert self.union is not None and self.union.operation_starts_on is not None
        return max(self.union.operation_starts_on, organization.operation_starts_on or date.min)


def read(supposing: Edition | None = None, *, on: date | None = None) -> Book:
    """The book as it stands in the database now; `supposing` that draft were in force from `on`."""
    organizations = list(Organization.objects.exclude(kind=Organization.Kind.VENDOR))
    editions = list(Edition.objects.published().order_by("in_force_on"))
    if supposing is not None:
        draft = copy(supposing)  # never saved: it only stands in its place
        draft.in_force_on = on
        editions = sorted([*editions, draft], key=_in_force_on)
    duties: dict[int, list[Duty]] = {}
    for duty in Duty.objects.filter(edition__in=editions, schedule__isnull=False).select_related("schedule"):
        duties.setdefault(duty.edition_id, []).append(duty)
    return Book(
        union=next((o for o in organizations if o.kind == Organization.Kind.UNION), None),
        members=tuple(o for o in organizations if o.kind == Organization.Kind.MEMBER),
        spans=tuple(
            (e, _in_force_on(e), _in_force_on(after) - timedelta(days=1) if after else None)
            for e, after in zip_longest(editions, editions[1:])
        ),
        duties={edition: tuple(rows) for edition, rows in duties.items()},
        calendars=calendars_of(organizations),
    )


def _in_force_on(edition: Edition) -> date:
    assert edition.in_force_on is not None, "a published edition has its day"
    return edition.in_force_on


def fingerprint(through: date) -> str:
    """A hash of all that decides which tasks there are up to `through`.

    Read it before the book, so that what changes in between is seen by the next run. Rules and duties need no
    hash: published editions don't change."""
    ground = [
        through,
        list(Edition.objects.published().order_by("pk").values_list("pk", "in_force_on")),
        list(
            Organization.objects.exclude(kind=Organization.Kind.VENDOR)
            .order_by("pk")
            .values_list("pk", "kind", "joined_on", "left_on", "operation_starts_on")
        ),
        list(Holiday.objects.order_by("on").values_list("on", flat=True)),
        list(ClosedDay.objects.order_by("pk").values_list("on", "organization_id")),
        list(OpenDay.objects.order_by("pk").values_list("on", "organization_id")),
    ]
    return hashlib.sha256(json.dumps(ground, cls=DjangoJSONEncoder).encode()).hexdigest()
