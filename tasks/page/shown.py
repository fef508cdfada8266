"""The lines that several organizations handed in for one period, side by side, with what clashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from raci.definition import definition_of
from raci.models import DutyField, FieldKind
from tasks.answers import fields_of
from tasks.forms import text_of
from tasks.models import Task


@dataclass(frozen=True)
class Row:
    task: Task
    texts: list[str]
    clash: bool = False
    empty: str = ""


@dataclass
class Shown:
    columns: Sequence[DutyField] = ()
    lines: list[Row] = field(default_factory=list)


def shown_of(tasks: Sequence[Task], hidden: Callable[[Task], Collection[str]]) -> Shown | None:
    """The lines of `tasks` (of one duty); the same work on the same day elsewhere is a clash.

    `hidden`: keys of the fields of a task that the person may not see."""
    if not tasks:
        return None
    lines = next(
        (f for f in fields_of(definition_of(tasks[0].duty_id).fields) if f.kind == FieldKind.LINES), None
    )
    if lines is None:
        return None
    tasks = [task for task in tasks if lines.key not in hidden(task)]
    found = Shown(lines.columns)
    at = _places(tasks, lines.key)
    for task in tasks:
        rows: list[dict[str, Any]] = task.answers.get(lines.key, [])
        if not rows:
            word = _("依頼なし") if task.state == Task.State.DONE else _("未提出")
            found.lines.append(Row(task, ["—"] * len(lines.columns), empty=word))
        for row in rows:
            clash = len(at[_place(row)]) > 1
            found.lines.append(Row(task, [text_of(c, row.get(c.key)) or "—" for c in lines.columns], clash))
    return found


def _places(tasks: Sequence[Task], key: str) -> dict[tuple[str, str], set[int]]:
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for task in tasks:
        for row in task.answers.get(key, []):
            found[_place(row)].add(task.organization_id)
    return found


def _place(row: dict[str, Any]) -> tuple[str, str]:
    return str(row.get("process", "")), str(row.get("process_on", ""))
