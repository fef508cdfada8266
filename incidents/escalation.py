"""What time alone brings about of an incident: half of the time of an open step has run, or all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from opsdesk.accounts.models import Organization
from opsdesk.calendar.book import calendars_of
from opsdesk.lib.templatetags.dates import era_dt
from opsdesk.notices.outbox import Word, tell_each
from opsdesk.notices.watermarks import advance
from raci.models import CaseKind, Mark
from raci.outline import line_of
from tasks.caseflow import known_of, tasks_of
from tasks.models import Case, Task
from tasks.readers import Reader, concerning, readers

from .deadlines import Reckoning, reckon
from .handling import stops
from .tellings import URGENT

NAME = "incidents"


def escalate(now: datetime) -> int:
    """Tell what came about since the last time; returns how many notices. Two at once tell it once."""
    with transaction.atomic():
        before = advance(NAME, now)
        if before is None or before >= now:
            return 0
        words = list(_words(before, now))
        tell_each(words, at=now)
    return len(words)


def _words(before: datetime, now: datetime) -> Iterator[Word]:
    cases = list(Case.objects.open().filter(kind=CaseKind.INCIDENT).select_related("entry"))
    people = readers(timezone.localdate(now)) if cases else []
    for case in cases:
        for task, found in reckoned(case):
            if before < found.half <= now < found.due:
                yield from _to("incident.half", case, task, found, _half(task, people))
            if before < found.due <= now:
                yield from _to("incident.over", case, task, found, _over(task, people))


def reckoned(case: Case) -> list[tuple[Task, Reckoning]]:
    """The open steps of a case that are due by level, and how that is reckoned."""
    tasks = tasks_of(case)
    known, stood = known_of(case, tasks), stops(case)
    clocked = [t for t in tasks if t.is_open and "by_level" in t.duty.standard_due]
    calendars = calendars_of(t.organization for t in clocked)
    found = [
        (t, reckon(t.duty.standard_due, t.created_at, calendars[t.organization_id], known, t.key, stood))
        for t in clocked
    ]
    return [(task, reckoning) for task, reckoning in found if reckoning is not None]


def _half(task: Task, people: Iterable[Reader]) -> set[int]:
    """◎ and the union."""
    return _marked(task, people, {Mark.MAIN}) | _union(people)


def _over(task: Task, people: Iterable[Reader]) -> set[int]:
    """Whoever has a mark, and the union."""
    return _marked(task, people, set(Mark)) | _union(people)


def _marked(task: Task, people: Iterable[Reader], marks: set[Mark]) -> set[int]:
    roles = {role for role, mark in line_of(task.duty_id).marks.items() if mark in marks}
    return {r.user for r in concerning((r for r in people if r.role in roles), task)}


def _union(people: Iterable[Reader]) -> set[int]:
    return {r.user for r in people if r.kind == Organization.Kind.UNION}


def _to(code: str, case: Case, task: Task, found: Reckoning, users: set[int]) -> Iterator[Word]:
    """Once for each time it is due: what is judged again, or waited, is told anew."""
    key = f"{code}:{task.pk}:{found.due:%Y%m%d%H%M}"
    data = {
        "number": case.number,
        "title": case.title,
        "step": f"{task.duty.number} {task.duty.work}",
        "due": era_dt(found.due),
    }
    for user in users:
        yield Word(user, key, code, case, data, task.organization_id, found.level in URGENT)
