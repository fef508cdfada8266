"""Question: a month of changes: planned days, due days of work, days it was done on; what they fall on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from opsdesk.calendar.days import Calendar, last_of_month
from opsdesk.lib.era import weekday
from raci.access import standing_of
from raci.definition import definition_of
from raci.models import CaseKind, DutyField, FieldKind
from raci.outline import line_of, outline_of

from .casegraph import graph_of
from .caselinks import case_url
from .changeground import Ground, Run, ground_of
from .changes import confirmations, planned_in
from .models import Case, Task
from .raising import entries
from .yearplan import DONE, OPEN, OVER, PLANNED
from .yearplan_clashes import Clash
from .yearplan_events import day_in
from .yearplan_month import WEEK

#: More days than this in one month are not drawn.
MOST = 500


@dataclass(frozen=True)
class ChangeDay:
    """One day of one change. `kind`: plan (wished or planned), run/over (a work is due), done."""

    on: date
    number: str
    title: str
    label: str
    kind: str
    url: str
    organization: int = 0
    is_open: bool = False


@dataclass(frozen=True)
class Day:
    """A field of the calendar; `on` None outside the month."""

    on: date | None = None
    label: str = ""
    closed: str = ""
    is_today: bool = False
    changes: tuple[ChangeDay, ...] = ()
    runs: tuple[Run, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.changes or self.runs or self.closed)


@dataclass(frozen=True)
class Month:
    first: date
    days: tuple[ChangeDay, ...]
    ground: Ground
    calendar: Calendar  # the union's
    today: date
    is_cut: bool = False

    @property
    def weeks(self) -> list[list[Day]]:
        """In weeks from Sunday."""
        last = last_of_month(self.first.year, self.first.month)
        start = self.first - timedelta((self.first.weekday() + 1) % WEEK)
        span = (last - start).days + 1
        days = [start + timedelta(n) for n in range(span + -span % WEEK)]
        by_day: dict[date, list[ChangeDay]] = defaultdict(list)
        for day in self.days:
            by_day[day.on].append(day)
        fields = [self._day(d, by_day[d]) if self.first <= d <= last else Day() for d in days]
        return [fields[n : n + WEEK] for n in range(0, len(fields), WEEK)]

    def _day(self, on: date, changes: list[ChangeDay]) -> Day:
        return Day(
            on=on,
            label=_("%(n)s日(%(weekday)s)") % {"n": on.day, "weekday": weekday(on)},
            closed=self.calendar.reason_closed(on),
            is_today=on == self.today,
            changes=tuple(changes),
            runs=tuple(run for run in self.ground.runs if run.on == on),
        )

    @property
    def clashes(self) -> list[Clash]:
        """Planned days of open changes, from today on, that are no good days."""
        found = {
            Clash(day.on, 0, f"{day.number} {day.title}: {day.label} {words}", day.url)
            for day in self.days
            if day.kind == PLANNED and day.is_open and day.on >= self.today
            for words in self.ground.clashes(day.on, day.organization, self.today)
        }
        return sorted(found)


def month_of_changes(first: date, user: Any, *, now: Any, today: date) -> Month:
    """The changes of the month from `first` on that `user` may read; in three statements."""
    last = last_of_month(first.year, first.month)
    standing = standing_of(user, today)
    steps = list(_steps(first, last, user, today)[: MOST + 1])
    days = [d for step in steps[:MOST] for d in days_of(step, now, today) if first <= d.on <= last]
    ground = ground_of(first, last, {d.organization for d in days}, user, today)
    calendar = ground.calendars.get(standing.union_id or 0, Calendar())
    ordered = tuple(sorted(days, key=lambda d: (d.on, d.number, d.kind)))
    return Month(first, ordered, ground, calendar, today, len(steps) > MOST)


def _steps(first: date, last: date, user: Any, today: date) -> QuerySet[Task]:
    """Steps of changes that are due in these days, or with an answer that is one of them."""
    keys = sorted({key for pk in standing_of(user, today).editions for key in day_keys(pk)})
    rows = Task.objects.visible_to(user, today).filter(case__kind=CaseKind.CHANGE, is_withdrawn=False)
    rows = rows.alias(**{f"day{n}": KeyTextTransform(key, "answers") for n, key in enumerate(keys)})
    wanted = Q(state=Task.State.OPEN, due_on__range=(first, last))
    for n in range(len(keys)):
        wanted |= Q(**{f"day{n}__range": (first.isoformat(), last.isoformat())})
    return rows.filter(wanted).select_related("case").order_by("-pk")


@lru_cache(maxsize=64)
def day_keys(edition_id: int) -> frozenset[str]:
    """Keys of the fields of changes that are days."""
    graph, outline = graph_of(edition_id), outline_of(edition_id)
    changes = [line.key for line in entries(edition_id) if line.duty.case_kind == CaseKind.CHANGE]
    duties = {outline.keys[key].duty.pk for entry in changes for key in graph.chain(entry)}
    return frozenset(row.key for pk in duties for row in day_fields(pk))


def day_fields(duty_id: int) -> list[DutyField]:
    rows = definition_of(duty_id).fields
    days = [row for row in rows if row.kind == FieldKind.DATE and not row.parent_id]
    return [row for row in days if "restricted_to" not in row.options]


def forget() -> None:
    """Ask anew; tests that roll their database back call it."""
    day_keys.cache_clear()


def days_of(step: Task, now: Any, today: date) -> Iterator[ChangeDay]:
    """What one step says of days: of the entry what is planned, of a work when it was done or is due."""
    case = step.case
    assert case is not None
    if step.duty_id == case.entry_id:
        if planned := planned_in(step):
            yield _day(step, case, planned.on, planned.label, PLANNED)
        return
    for row in day_fields(step.duty_id):
        if on := day_in(step.answers.get(row.key)):
            yield _day(step, case, on, row.label, DONE if not step.is_open else PLANNED)
    is_work = step.duty_id not in confirmations(line_of(case.entry_id).duty.edition_id)
    if step.is_open and is_work:
        number = line_of(step.duty_id).number
        label = _("No.%(number)s の期限") % {"number": number}
        yield _day(step, case, step.due_on, label, OVER if step.is_overdue(now) else OPEN)


def _day(step: Task, case: Case, on: date, label: str, kind: str) -> ChangeDay:
    return ChangeDay(
        on, case.number, case.title, label, kind, case_url(case), step.organization_id, case.is_open
    )
