"""What time alone brings about: a task is overdue within opening hours, or untaken at half of its time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from opsdesk.accounts.models import Organization
from opsdesk.calendar.book import calendars_by_id
from opsdesk.notices.hours import OPENING, TOKYO, is_open
from opsdesk.notices.outbox import Word, tell_each
from opsdesk.notices.watermarks import advance
from raci.models import Mark, Sharing
from raci.outline import line_of

from .digest import is_step, with_case
from .models import Task
from .readers import Reader, concerning, readers, reminded, with_turn
from .telling import about

NAME = "watch"


def watch(now: datetime) -> int:
    """Tell what came about since the last time; returns how many notices. Two at once tell it once."""
    with transaction.atomic():
        before = advance(NAME, now)
        if before is None or before >= now:
            return 0
        words = [*_overdue(before, now), *_untaken(before, now)]
        tell_each(words, at=now)
    return len(words)


def _overdue(before: datetime, now: datetime) -> Iterable[Word]:
    """Those that are to do it; what is due at the end of the day is the next morning's digest."""
    rows = Task.objects.open().filter(due_at__gte=before, due_at__lt=now)
    tasks = list(with_case(rows))
    people = readers(timezone.localdate(now)) if tasks else []
    calendars = calendars_by_id(r.home for r in people) if people else {}
    for task in tasks:
        ours = _mains(task, people)
        turn = with_turn(task, people) if task.duty.sharing == Sharing.SIGNERS else []
        users = reminded(task, ours, turn, is_overdue=True)
        homes = {r.user: r.home for r in [*ours, *turn]}
        told = {user for user in users if is_open(calendars[homes[user]], task.due_at)}
        yield from _words("task.overdue", task, told, now)


def _untaken(before: datetime, now: datetime) -> Iterable[Word]:
    """Several ◎, any of whom may take it, and none has by half of its time: all of them, and the union."""
    rows = Task.objects.open().filter(
        lead=None, assignee=None, due_at__gt=now, opens_on__lte=timezone.localdate(now),
        duty__sharing=Sharing.ANY,
    )  # fmt: skip
    tasks = [t for t in with_case(rows) if before < half_time(t) <= now]
    people = readers(timezone.localdate(now)) if tasks else []
    union = {r.user for r in people if r.kind == Organization.Kind.UNION}
    for task in tasks:
        yield from _words("task.untaken", task, union | {r.user for r in _mains(task, people)}, now)


def half_time(task: Task) -> datetime:
    """The middle between its opening (08:30; of a step when it was made) and when it is due."""
    start = datetime.combine(task.opens_on, OPENING, TOKYO)
    if is_step(task) or task.serial:
        start = task.created_at
    return start + max(task.due_at - start, timedelta()) / 2


def _mains(task: Task, people: Iterable[Reader]) -> list[Reader]:
    roles = line_of(task.duty_id).roles_with(Mark.MAIN)
    return concerning((r for r in people if r.role in roles), task)


def _words(code: str, task: Task, users: Iterable[int], now: datetime) -> Iterable[Word]:
    """Once for each time it is due: a task that was moved is told anew."""
    key, data = f"{code}:{task.pk}:{task.due_at:%Y%m%d%H%M}", about(task, timezone.localdate(now))
    for user in users:
        yield Word(user, key, code, task, data, task.organization_id)
