"""The morning's digest: one notice for each person of what opened, is due next, and became overdue.

Told at 08:30 of a business day of the person's organization; what generation makes after it is told by
another digest of the same day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from opsdesk.calendar.book import calendars_by_id
from opsdesk.calendar.days import DAY, Calendar
from opsdesk.notices.hours import OPENING, TOKYO, is_open
from opsdesk.notices.models import Watermark
from opsdesk.notices.outbox import Word, tell_each
from opsdesk.notices.watermarks import advance, through
from raci.models import Cycle, Sharing
from raci.outline import line_of

from .models import GenerationRun, Signature, Task
from .readers import MAIN, Reader, concerning, readers, reminded, with_turn
from .readers import OPENING as OPENING_MARKS
from .telling import about
from .tellings import SECTIONS, what

NAME = "digest"
#: Ids that a digest keeps of each section, and lines that its letter shows.
MOST, LINES = 200, 10


@dataclass(frozen=True)
class Morning:
    """What a digest of `now` is about: everything since `before`, the moment of the last one.

    `is_late`: the second or later one of a day, about what was made since."""

    now: datetime
    before: datetime
    is_late: bool = False

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def since(self, calendar: Calendar) -> date:
        """The last day of which who goes by `calendar` was told."""
        return calendar.previous_business_day(min(self.today - DAY, timezone.localdate(self.before)))

    def opens(self, task: Task, calendar: Calendar) -> bool:
        """Its opening is news. Steps and extra occasions are told when they open."""
        if task.serial or is_step(task) or task.opens_on > self.today:
            return False
        return task.created_at > self.before or (not self.is_late and task.opens_on > self.since(calendar))

    def comes_due(self, task: Task, calendar: Calendar) -> bool:
        """It is due on the next business day, or a closed one before that. Not of daily work."""
        if self.is_late or task.due_on <= self.today or line_of(task.duty_id).cycle == Cycle.DAILY:
            return False
        return task.due_on <= calendar.next_business_day(self.today + DAY)

    def became_overdue(self, task: Task, calendar: Calendar) -> bool:
        """Since the last one, and not within opening hours: that is told at once."""
        if self.is_late or task.due_at >= self.now or is_open(calendar, task.due_at):
            return False
        return task.due_at >= datetime.combine(self.since(calendar), OPENING, TOKYO)


@dataclass
class Found:
    """Tasks of one person's digest, by section."""

    tasks: Mapping[str, list[Task]] = field(default_factory=lambda: {name: [] for name in SECTIONS})


def is_step(task: Task) -> bool:
    return task.case_id is not None


def digest(now: datetime) -> int:
    """Tell the digest of this morning, unless it is told or not yet 08:30; returns to how many people.

    What it says is found before the transaction: no writer waits for that."""
    last = through(NAME)
    if not _is_time(last, now):
        return 0
    words = list(_words(_morning(last, now)))
    with transaction.atomic():
        if advance(NAME, now) != last:
            return 0  # somebody else was faster
        tell_each(words, at=now)
    return len(words)


def _is_time(last: datetime | None, now: datetime) -> bool:
    """The first of the day from 08:30 on; after it only if generation made something since."""
    if last is None or timezone.localdate(last) < timezone.localdate(now):
        return timezone.localtime(now).time() >= OPENING
    return GenerationRun.objects.filter(started_at__gt=last, started_at__lte=now, created__gt=0).exists()


def _morning(last: datetime | None, now: datetime) -> Morning:
    today = timezone.localdate(now)
    if last is None:
        return Morning(now, datetime.combine(today - DAY, OPENING, TOKYO))
    return Morning(now, last, is_late=timezone.localdate(last) == today)


def _words(morning: Morning) -> Iterable[Word]:
    people = readers(morning.today)
    calendars = {
        pk: calendar
        for pk, calendar in calendars_by_id(r.home for r in people).items()
        if calendar.is_business_day(morning.today)
    }
    mark, obj = f"{morning.now:%H%M%S}" if morning.is_late else "", Watermark(name=NAME)
    for user, found in _found(morning, people, calendars).items():
        data = _data(found, morning.today)
        key = f"task.digest:{morning.today}:{mark}".rstrip(":")
        yield Word(user, key, "task.digest", obj, data)


def _found(
    morning: Morning, people: list[Reader], calendars: Mapping[int | None, Calendar]
) -> dict[int, Found]:
    """What each person is told; nobody whose organization is closed today."""
    by_role: dict[int, list[Reader]] = defaultdict(list)
    for reader in people:
        if reader.home in calendars:
            by_role[reader.role].append(reader)
    found: dict[int, Found] = defaultdict(Found)
    tasks = list(_tasks(morning, calendars.values()))
    signatures = _signatures(tasks)
    for task in tasks:
        told: set[int] = set()  # the gravest section of a task is enough
        for section, homes in _audience(task, by_role, signatures).items():
            news = {u for u, home in homes.items() if _is_news(section, task, morning, calendars[home])}
            for user in news - told:
                found[user].tasks[section].append(task)
            told |= news
    return found


def _is_news(section: str, task: Task, morning: Morning, calendar: Calendar) -> bool:
    asked = {"opened": morning.opens, "due": morning.comes_due, "overdue": morning.became_overdue}
    return asked[section](task, calendar)


def _tasks(morning: Morning, calendars: Iterable[Calendar]) -> Any:
    """Open tasks that could be news to somebody; by the open ones' index of due days."""
    since = min((morning.since(c) for c in calendars), default=morning.today)
    start = datetime.combine(since, OPENING, TOKYO)
    rows = Task.objects.open().filter(opens_on__lte=morning.today)
    if morning.is_late:
        rows = rows.filter(created_at__gt=morning.before)
    else:
        rows = rows.filter(Q(due_at__gte=start) | Q(created_at__gt=morning.before))
    return with_case(rows).order_by("due_at", "pk").iterator(2000)


def with_case(rows: QuerySet[Task]) -> QuerySet[Task]:
    """With all that says whom a task concerns, and how it is called."""
    return rows.select_related("duty", "organization", "case").prefetch_related("case__concerns")


def _signatures(tasks: Iterable[Task]) -> dict[int, list[Signature]]:
    """The signatures that stand on those of `tasks` that are signed in order."""
    asked = {task.pk for task in tasks if task.duty.sharing == Sharing.SIGNERS}
    found: dict[int, list[Signature]] = {pk: [] for pk in asked}
    for signature in Signature.objects.filter(void_at=None, task__in=asked).select_related("by", "team"):
        found[signature.task_id].append(signature)
    return found


def _audience(
    task: Task, by_role: Mapping[int, list[Reader]], signatures: Mapping[int, list[Signature]]
) -> dict[str, dict[int, int]]:
    """{section: {user: home}} by the marks of the task's own edition, the gravest section first."""
    marks = line_of(task.duty_id).marks
    wanted = MAIN if line_of(task.duty_id).cycle == Cycle.DAILY else OPENING_MARKS
    roles = [role for role, mark in marks.items() if mark in OPENING_MARKS]
    here = concerning((r for role in roles for r in by_role.get(role, ())), task)
    mains = [r for r in here if marks[r.role] in MAIN]
    turn = []
    if task.pk in signatures:
        turn = with_turn(task, [r for rows in by_role.values() for r in rows], signatures[task.pk])
    homes = {r.user: r.home for r in [*here, *turn]}
    due, overdue = (reminded(task, mains, turn, is_overdue=late) for late in (False, True))
    opened = {r.user for r in here if marks[r.role] in wanted}
    return {
        name: {user: homes[user] for user in users if user in homes}
        for name, users in (("overdue", overdue), ("due", due), ("opened", opened))
    }


def _data(found: Found, today: date) -> dict[str, Any]:
    """Counts of each section, ids for the page, the first lines for the letter."""
    sections = {name: tasks for name, tasks in found.tasks.items() if tasks}
    return {
        "on": today,
        "counts": {name: len(tasks) for name, tasks in sections.items()},
        "tasks": {name: [t.pk for t in tasks[:MOST]] for name, tasks in sections.items()},
        "lines": {name: [_line(t, today) for t in tasks[:LINES]] for name, tasks in sections.items()},
    }


def _line(task: Task, today: date) -> str:
    data = about(task, today)
    return f"{what(data)} ({data['due']})"
