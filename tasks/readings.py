"""Question: our settings of every duty in words, and whether somebody confirmed them (本システムの設定)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Prefetch

from opsdesk.calendar.days import Calendar
from raci import words
from raci.confirmations import Standing, covered_of, fingerprint_of_reading
from raci.content import fingerprint
from raci.models import Confirmation, Duty, DutyField, Edition, Signer
from raci.readings import Reading, readings

from .coming import coming
from .recurrence import Occurrence, in_words, rule_of

#: Dates that stand beside a rule.
DATES = 3
DUTY, READING = Confirmation.About.DUTY.value, Confirmation.About.READING.value


@dataclass(frozen=True)
class Line:
    """One thing to confirm; `value` names it in a form, with the fingerprint of what is shown."""

    about: Duty | Reading
    value: str
    confirmation: Confirmation | None

    @property
    def is_confirmed(self) -> bool:
        return self.confirmation is not None


@dataclass(frozen=True)
class DutyLine(Line):
    """`rule` is the schedule, of a duty on demand its standard due; `dates` are the next ones."""

    rule: str = ""
    sharing: str = ""
    dates: Sequence[Occurrence] = ()

    @property
    def duty(self) -> Any:
        return self.about


@dataclass(frozen=True)
class ReadingLine(Line):
    duties: Sequence[Duty] = ()


def duties_of(edition: Edition) -> list[Duty]:
    """With what their lines read; two statements."""
    rows = edition.duties.select_related("schedule").order_by("position")
    return list(rows.prefetch_related(Prefetch("signers", Signer.objects.select_related("role"))))


def duty_lines(duties: Sequence[Duty], held: Standing) -> list[DutyLine]:
    """A line for each of `duties` that is no heading, what is unconfirmed first; one statement."""
    every = DutyField.objects.filter(duty__edition__in={d.edition_id for d in duties}, parent=None)
    labels = words.labels_of(every.values_list("duty__key", "key", "label"))
    lines = [_duty_line(duty, labels, held) for duty in duties if not duty.is_heading]
    return sorted(lines, key=lambda line: line.is_confirmed)


def with_dates(lines: Iterable[DutyLine], calendar: Calendar, today: date) -> list[DutyLine]:
    """`lines` with their next dates."""
    return [replace(line, dates=coming(rule_of(line.duty), calendar, today, DATES)) for line in lines]


def _duty_line(duty: Duty, labels: words.Labels, held: Standing) -> DutyLine:
    rule, mark = rule_of(duty), fingerprint(covered_of(duty))
    return DutyLine(
        about=duty,
        value=f"{DUTY}-{duty.key}-{mark}",
        confirmation=held.get((DUTY, duty.key, mark)),
        rule=in_words(rule) if rule else words.standard_due_in_words(duty, labels),
        sharing=words.sharing_in_words(duty, sorted(duty.signers.all(), key=lambda s: s.position)),
    )


def reading_lines(duties: Mapping[int, Duty], held: Standing) -> list[ReadingLine]:
    """The readings of what the sheet leaves open; `duties` by key."""
    found = []
    for reading in readings():
        mark = fingerprint_of_reading(reading)
        found.append(
            ReadingLine(
                about=reading,
                value=f"{READING}-{reading.number}-{mark}",
                confirmation=held.get((READING, reading.number, mark)),
                duties=[duties[key] for key in reading.keys if key in duties],
            )
        )
    return found


@dataclass(frozen=True)
class Times:
    """The hours of one duty, in words, one for each level ("" where it says none)."""

    duty: Duty
    limits: Sequence[str]


def levels(duties: Sequence[Duty]) -> tuple[list[str], list[Times]]:
    """The levels, and the duties whose standard due goes by them."""
    rows = [d for d in duties if "by_level" in d.standard_due]
    names = sorted({name for d in rows for name in d.standard_due["by_level"]})
    return names, [Times(d, [_limit(d.standard_due["by_level"].get(name)) for name in names]) for d in rows]


def _limit(limit: Mapping[str, int] | None) -> str:
    return words.limit_in_words(limit) if limit else ""
