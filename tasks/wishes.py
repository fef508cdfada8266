"""Question: what others wish of a published result (No.39 of No.38), and what settled it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from raci.definition import definition_of

from .models import Task


def wish_rule(duty_id: int) -> Mapping[str, Any] | None:
    """The option `wishes` of a duty's field: {"key": 39, "field": "adjustment", "in": ["変更希望"],
    "text": "wish"}; None if nobody may wish."""
    fields = definition_of(duty_id).fields
    return next((f.options["wishes"] for f in fields if "wishes" in f.options), None)


def wishes_among(task: Task, tasks: Sequence[Task]) -> list[Task]:
    """Those of `tasks` that are closed and wish something of `task`."""
    rule = wish_rule(task.duty_id)
    if rule is None:
        return []
    return [
        t
        for t in tasks
        if t.key == rule["key"]
        and t.period == task.period
        and t.state == Task.State.DONE
        and t.answers.get(rule["field"]) in rule["in"]
    ]


def open_wishes(task: Task) -> list[Task]:
    """The wishes of the task's period that no version has settled."""
    rule = wish_rule(task.duty_id)
    if rule is None:
        return []
    rows = Task.objects.done().filter(key=rule["key"], period=task.period).order_by("pk")
    settled = {pk for settles in task.publications.values_list("settles", flat=True) for pk in settles}
    return [t for t in wishes_among(task, list(rows)) if t.pk not in settled]


class Settling(Protocol):
    """A version, stored or read."""

    @property
    def number(self) -> int: ...

    @property
    def settles(self) -> Sequence[int]: ...


def settled_by(versions: Iterable[Settling]) -> dict[int, int]:
    """Number of the version that settled it, by the id of the wish's task."""
    return {pk: v.number for v in versions for pk in v.settles}
