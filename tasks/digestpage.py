"""Question: the tasks of a morning's digest as they stand now, by section; only what the person may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from opsdesk.lib.era import era_short
from opsdesk.lib.templatetags import ui
from opsdesk.notices.models import Notice

from .models import Task
from .telling import about
from .tellings import SECTIONS, what
from .words import state_words


@dataclass(frozen=True)
class Line:
    """One task."""

    url: str
    words: str
    due: str
    pill: SafeString


@dataclass(frozen=True)
class Section:
    """`rest`: how many more there were than a digest keeps, or than the person may still see."""

    name: str
    label: str
    count: int
    lines: list[Line]

    @property
    def rest(self) -> int:
        return self.count - len(self.lines)


def sections_of(told: Iterable[Notice], user: Any, *, now: datetime, today: date) -> list[Section]:
    """The sections of all digests of one morning, in their order; one statement for the tasks."""
    data = [notice.data for notice in told]
    ids = {pk for each in data for pks in each["tasks"].values() for pk in pks}
    seen = Task.objects.visible_to(user, today).filter(pk__in=ids).select_related("duty", "organization")
    tasks = {task.pk: task for task in seen}
    found = []
    for name, label in SECTIONS.items():
        pks = dict.fromkeys(pk for each in data for pk in each["tasks"].get(name, ()))
        count = sum(each["counts"].get(name, 0) for each in data)
        if count:
            lines = [_line(tasks[pk], now, today) for pk in pks if pk in tasks]
            found.append(Section(name, str(label), count, lines))
    return found


def _line(task: Task, now: datetime, today: date) -> Line:
    return Line(
        url=reverse("tasks:detail", args=[task.pk]),
        words=what(about(task, today)),
        due=era_short(task.due_on, today),
        pill=ui.pill(*state_words(task, now)),
    )
