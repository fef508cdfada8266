"""Question: the empty check sheet of a team for a day, from the edition in force (no task is needed)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.calendar.book import calendar_of
from opsdesk.calendar.days import Calendar
from raci.definition import definition_of
from raci.models import Cycle, Duty, DutyField, Edition, FieldKind, Mark
from raci.models.schedule import Schedule

from .choices import TeamChoice

#: Empty lines for a table of lines.
SPARE = 3


@dataclass(frozen=True)
class Line:
    """One line to fill in: its boxes to tick, or an empty place with a unit behind it."""

    label: str
    boxes: tuple[str, ...] = ()
    unit: str = ""
    hint: str = ""
    is_required: bool = False


@dataclass(frozen=True)
class Section:
    """One duty with its lines."""

    duty: Duty
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        """With the heading row above it: ウイルス対策 サーバ."""
        return f"{self.duty.parent.work} {self.duty.work}" if self.duty.parent else self.duty.work


@dataclass(frozen=True)
class Sheet:
    """`closed` says why the day is no business day, "" if it is one."""

    edition: Edition | None
    sections: tuple[Section, ...]
    closed: str

    @property
    def numbers(self) -> str:
        return ", ".join(str(section.duty.number) for section in self.sections)


def sheet_of(team: TeamChoice, day: date) -> Sheet:
    """What `team` checks on `day`: its ◎ daily duties; on a closed day only those done every day."""
    edition = Edition.objects.in_force(day).first()
    calendar = calendar_of(Organization(pk=team.organization_id) if team.is_member else None)
    duties = (
        Duty.objects.filter(
            edition=edition,
            cycle=Cycle.DAILY,
            assignments__role=team.role_id,
            assignments__mark=Mark.MAIN,
        )
        .select_related("schedule", "parent")
        .order_by("position")
    )
    due = [duty for duty in duties if _is_due(duty, calendar, day)] if edition else []
    sections = tuple(Section(duty, tuple(lines_of(duty))) for duty in due)
    return Sheet(edition, sections, calendar.reason_closed(day))


def _is_due(duty: Duty, calendar: Calendar, day: date) -> bool:
    schedule = getattr(duty, "schedule", None)
    every_day = schedule is not None and schedule.days == Schedule.Days.EVERY
    return every_day or calendar.is_business_day(day)


def lines_of(duty: Duty) -> Iterator[Line]:
    """The duty's fields as places to write; a table of lines gives its columns on some spare lines."""
    fields = definition_of(duty.pk).fields
    for field in fields:
        if field.parent_id:
            continue
        if field.kind == FieldKind.LINES:
            heads = "・".join(f.label for f in fields if f.parent_id == field.pk)
            yield from [Line(field.label, hint=heads)] * SPARE
        else:
            yield line_of(field)


def line_of(field: DutyField) -> Line:
    boxes: tuple[str, ...] = ()
    if field.kind == FieldKind.CHECK:
        boxes = (_("実施"),)
    elif field.kind == FieldKind.FILE:
        boxes = (_("添付あり"),)
    elif field.kind == FieldKind.CHOICE:
        boxes = tuple(str(c["label"] if isinstance(c, dict) else c) for c in field.choices)
    return Line(field.label, boxes, str(field.options.get("unit", "")), field.hint, field.is_required)
