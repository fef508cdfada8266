"""What the answers of tasks say about days to come: events of a year, planned days, service stops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.era import era_short
from raci.definition import definition_of
from raci.models import Cycle
from raci.models.field import FieldKind
from raci.outline import line_of

from .asked import Field, fields_of
from .models import Task
from .yearplan import Known, Plan


@dataclass(frozen=True)
class Event:
    """A line {行事, 開始日, 終了日} of a year's plan; `key` of the duty whose answer it is."""

    key: int
    task: int
    name: str
    starts_on: date
    ends_on: date

    def days(self, today: date) -> str:
        """4/10(金)〜6/30(火), or the one day."""
        first = era_short(self.starts_on, today)
        return first if self.starts_on == self.ends_on else f"{first}〜{era_short(self.ends_on, today)}"

    @property
    def short(self) -> str:
        """4/10〜6/30, or the one day."""
        first, last = (f"{d.month}/{d.day}" for d in (self.starts_on, self.ends_on))
        return first if first == last else f"{first}〜{last}"


@dataclass(frozen=True)
class Stop:
    """What a month's schedule says of service stops."""

    task: int
    number: int
    text: str


def events(plan: Plan) -> list[Event]:
    """Of the closed tasks of the plan's fiscal year, by the day they begin, as far as they touch the year."""
    year = FiscalYear.of(plan.first)
    found = [
        event
        for row in plan.seen
        if row.period == year.code and row.state == Task.State.DONE and row.answers
        for event in _events_of(row)
        if event.starts_on <= plan.last and event.ends_on >= plan.first
    ]
    return sorted(found, key=lambda e: (e.starts_on, e.ends_on))


def _events_of(row: Known) -> Iterator[Event]:
    if line_of(row.duty_id).cycle != Cycle.YEARLY:
        return
    for f in fields_of(definition_of(row.duty_id).fields):
        columns = _event_columns(f)
        if columns:
            for line in row.answers.get(f.key) or ():
                name, first, last = (line.get(column) for column in columns)
                starts_on, ends_on = day_in(first), day_in(last)
                if name and (starts_on or ends_on):
                    starts_on, ends_on = starts_on or ends_on, ends_on or starts_on
                    assert starts_on and ends_on
                    yield Event(row.key, row.pk, str(name), starts_on, max(starts_on, ends_on))


def _event_columns(f: Field) -> tuple[str, str, str] | None:
    """Keys of 行事, 開始日, 終了日: lines of a text, a day, and a day not before that one."""
    if f.kind != FieldKind.LINES or len(f.columns) != 3:
        return None
    name, first, last = f.columns
    if (name.kind, first.kind, last.kind) != (FieldKind.TEXT, FieldKind.DATE, FieldKind.DATE):
        return None
    return (name.key, first.key, last.key) if last.options.get("not_before") == first.key else None


def day_in(value: Any) -> date | None:
    """A stored date; None for what is none."""
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def stops(plan: Plan) -> list[Stop]:
    """What the schedules of the plan's months say of service stops, in their own words."""
    return [
        Stop(row.pk, line_of(row.duty_id).number, text)
        for row in plan.seen
        if row.answers and row.period != FiscalYear.of(plan.first).code
        for f in definition_of(row.duty_id).fields
        if f.options.get("shows_in_year") and (text := str(row.answers.get(f.key) or "").strip())
    ]


@dataclass(frozen=True)
class PlannedDay:
    """A day that somebody wrote into a line: 明細1 住民税 の 処理日."""

    row: Known
    on: date
    words: str


def planned_days(plan: Plan) -> Iterator[PlannedDay]:
    """Every date in lines that says what is to come; when something was started is no plan."""
    for row in plan.seen:
        if row.answers and row.state != Task.State.SKIPPED:
            for f in fields_of(definition_of(row.duty_id).fields):
                if f.kind == FieldKind.LINES:
                    yield from _days_of(row, f)


def _days_of(row: Known, f: Field) -> Iterator[PlannedDay]:
    if f.row.options.get("prefill"):  # the days stand in the work they were copied from
        return
    dates = [c for c in f.columns if c.kind == FieldKind.DATE]
    name = next((c.key for c in f.columns if c.kind == FieldKind.TEXT), "")
    for n, line in enumerate(row.answers.get(f.key) or (), 1):
        for column in dates:
            on = day_in(line.get(column.key))
            if on:
                what = _("%(label)s%(n)s「%(name)s」の%(column)s") % {
                    "label": f.row.label, "n": n, "name": line.get(name) or "", "column": column.label,
                }  # fmt: skip
                yield PlannedDay(row, on, what)
