"""Question: what a planned change may fall on: closed days, service stops, days on which batches run.

A run is a scheduled duty whose lines begin with those of another one (`prefill`), where the days stand. A
stop is what a schedule says in its own words (`shows_in_year`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.calendar.book import calendars_of
from opsdesk.calendar.days import Calendar, add_months
from opsdesk.lib.era import era_short
from raci.access import Standing, standing_of
from raci.definition import definition_of
from raci.models import Cycle, FieldKind
from raci.outline import Line, line_of, outline_of

from .asked import Field, fields_of
from .choices import all_teams
from .models import Task
from .recurrence import occurrences, rule_of
from .restricted import open_answers
from .yearplan_events import Stop, day_in


@dataclass(frozen=True, order=True)
class Run:
    """A day on which batches run, or on which a run must be over; `words` is what and whose."""

    on: date
    number: int
    words: str
    url: str = ""


class Source(NamedTuple):
    """Where the days of a run stand: in lines of the duty `key`, in these columns."""

    key: int
    field: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    calendars: Mapping[int, Calendar] = field(default_factory=dict)
    runs: tuple[Run, ...] = ()
    stops: tuple[Stop, ...] = ()

    def clashes(self, on: date, organization: int, today: date) -> list[str]:
        """Why `on` is no good day for a change of that organization (the union: for all), in words."""
        day = era_short(on, today)
        found = []
        if why := self.calendars[organization].reason_closed(on):
            found.append(_("%(day)s は閉庁日(%(why)s)です。") % {"day": day, "why": why})
        for stop in self.stops:
            if mentions(stop.text, on):
                found.append(
                    _("%(day)s は、No.%(number)s のサービス停止予定に書かれた日です。")
                    % {"day": day, "number": stop.number}
                )
        return [*found, *(f"{day} は、{run.words}です。" for run in self.runs if run.on == on)]


def ground_of(
    first: date,
    last: date,
    organizations: Iterable[int],
    user: Any,
    today: date,
    calendars: Mapping[int, Calendar] | None = None,
) -> Ground:
    """What `user` may know of the days [first, last], with the calendars of the union and of these (ids).

    Two statements, one if the calendars are known."""
    standing = standing_of(user, today)
    ids = {*organizations, *((standing.union_id,) if standing.union_id else ())}
    if calendars is None or ids - set(calendars):
        calendars = calendars_of([Organization(pk=pk) for pk in sorted(ids)])
    edition = edition_on(first, standing)
    if edition is None or not standing.union_id:
        return Ground(calendars)
    rows = list(_schedules(first, last, edition, user, today))
    answers = {t.pk: open_answers(t.duty_id, t.organization_id, t.answers, standing) for t in rows}
    found = list(_days(((t, answers[t.pk]) for t in rows), edition))
    found += _ends(first, last, edition, standing, calendars[standing.union_id])
    stops = [stop for t in rows for stop in _stops(t, answers[t.pk])]
    in_time = sorted({run for run in found if first <= run.on <= last})
    return Ground(calendars, tuple(in_time), tuple(stops))


def edition_on(day: date, standing: Standing) -> int | None:
    """Id of the issued edition in force on `day`, of several the one that came last."""
    found = [
        (in_force_on, pk)
        for pk in standing.editions
        for line in list(outline_of(pk).lines.values())[:1]
        if (in_force_on := line.duty.edition.in_force_on) and in_force_on <= day
    ]
    return max(found)[1] if found else None


def _schedules(first: date, last: date, edition: int, user: Any, today: date) -> Iterable[Task]:
    """The tasks of the months whose answers say when batches run and services stop."""
    months, month = [], first.replace(day=1)
    while month <= last:
        months.append(f"{month:%Y-%m}")
        month = add_months(month, 1)
    keys = {source.key for source in sources(edition)} | stop_keys(edition)
    rows = Task.objects.visible_to(user, today).filter(key__in=keys, period__in=months, case=None)
    return rows.exclude(state=Task.State.SKIPPED).only("key", "duty_id", "organization_id", "answers")


@lru_cache(maxsize=64)
def runs(edition_id: int) -> tuple[Line, ...]:
    """The monthly duties of a published edition whose lines begin with those of another duty, but for those
    that follow on such a one: they look at what has run."""
    outline = outline_of(edition_id)
    lines = [line for line in outline.lines.values() if line.cycle == Cycle.MONTHLY and list(_prefills(line))]
    keys = {line.key for line in lines}
    return tuple(line for line in lines if keys.isdisjoint(outline.before.get(line.key, ())))


@lru_cache(maxsize=64)
def sources(edition_id: int) -> frozenset[Source]:
    return frozenset(
        Source(rule["key"], rule["field"], tuple(rule["columns"]))
        for line in runs(edition_id)
        for rule in _prefills(line)
    )


def _prefills(line: Line) -> Iterator[dict[str, Any]]:
    for row in definition_of(line.duty.pk).fields:
        if "prefill" in row.options:
            yield row.options["prefill"]


@lru_cache(maxsize=64)
def stop_keys(edition_id: int) -> frozenset[int]:
    """Keys of the monthly duties that say when services stop."""
    lines = outline_of(edition_id).lines.values()
    return frozenset(
        line.key
        for line in lines
        if line.cycle == Cycle.MONTHLY
        and any(f.options.get("shows_in_year") for f in definition_of(line.duty.pk).fields)
    )


def forget() -> None:
    """Ask anew; tests that roll their database back call it."""
    for kept in (runs, sources, stop_keys):
        kept.cache_clear()


def _days(tasks: Iterable[tuple[Task, Any]], edition: int) -> Iterator[Run]:
    """The days in the lines of requests; the same of several municipalities are one: 国保(桐原市、瑞野町)."""
    found: dict[tuple[date, str, str], list[Task]] = {}
    for task, answers in tasks:
        for on, name, label in _written(task, answers, edition):
            found.setdefault((on, name, label), []).append(task)
    for (on, name, label), wanted in found.items():
        yield _run(wanted, on, name, label)


def _written(task: Task, answers: Any, edition: int) -> Iterator[tuple[date, str, str]]:
    """(day, 処理名, 処理日) of each line of one request."""
    for source in sources(edition):
        f = _field(task, source) if source.key == task.key else None
        for line in (answers.get(source.field) or ()) if f else ():
            assert f is not None
            shown = [c for c in f.columns if c.key in source.columns]
            name = next((str(line.get(c.key) or "") for c in shown if c.kind == FieldKind.TEXT), "")
            for column in (c for c in shown if c.kind == FieldKind.DATE):
                if on := day_in(line.get(column.key)):
                    yield on, name, column.label


def _field(task: Task, source: Source) -> Field | None:
    fields = fields_of(definition_of(task.duty_id).fields)
    return next((f for f in fields if f.key == source.field and f.columns), None)


def _run(tasks: Sequence[Task], on: date, name: str, label: str) -> Run:
    ids, number = {task.organization_id for task in tasks}, line_of(tasks[0].duty_id).number
    whose = "、".join(dict.fromkeys(t.organization_name for t in all_teams() if t.organization_id in ids))
    words = _("%(name)s(%(whose)s) の%(label)s") % {"name": name, "whose": whose, "label": label}
    if len(ids) > 1:
        return Run(on, number, words, f"{reverse('tasks:list')}?duty={number}&state=any")
    return Run(on, number, words, reverse("tasks:detail", args=[tasks[0].pk]))


def _ends(first: date, last: date, edition: int, standing: Standing, calendar: Calendar) -> Iterator[Run]:
    """The days on which the runs of the months must be over, where the person has to do with them."""
    for line in runs(edition):
        rule = rule_of(line.duty)
        if rule and (standing.is_union or standing.marks.get(line.duty.pk)):
            for one in occurrences(rule, calendar, add_months(first.replace(day=1), -1), last):
                words = _("No.%(number)s %(work)s の期限") % {"number": line.number, "work": line.short}
                yield Run(one.due_on, line.number, words)


def _stops(task: Task, answers: Any) -> Iterator[Stop]:
    for row in definition_of(task.duty_id).fields:
        text = str((answers or {}).get(row.key) or "").strip()
        if row.options.get("shows_in_year") and text:
            yield Stop(task.pk, line_of(task.duty_id).number, text)


_MONTH, _DAY = r"(1[0-2]|0?[1-9])", r"(3[01]|[12][0-9]|0?[1-9])(?![0-9])"
#: 12/19 and 12月19日; with a year before it also 2026-12-19 and R8.12.19.
_SHORT = re.compile(rf"(?<![0-9/.-]){_MONTH}\s*[/月]\s*{_DAY}")
_LONG = re.compile(rf"(?:(?<![0-9])[0-9]{{4}}|[RrHh和成][0-9]{{1,2}})[年/.-]\s*{_MONTH}[月/.-]\s*{_DAY}")


def mentions(text: str, day: date) -> bool:
    """Whether free text names the day of that month, also in full width; the year is not looked at."""
    plain = unicodedata.normalize("NFKC", text)
    found = (*_SHORT.findall(plain), *_LONG.findall(plain))
    return (day.month, day.day) in {(int(month), int(n)) for month, n in found}
