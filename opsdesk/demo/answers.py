"""What people answer: closings.json and requests.json, fitted to one task's fields and period."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from opsdesk.calendar.days import Calendar, add_months
from raci.definition import definition_of
from raci.models import DutyField, FieldKind
from tasks.models import Task

from .people import content

LINES = "明細"


@dataclass
class Closing:
    """Answers by field key, file names by field key, and the remark."""

    answers: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    remark: str = ""


def closing_of(task: Task, chance: random.Random, calendar: Calendar, ago: int) -> Closing:
    """How `task` is closed; `ago`: how many business days ago it was due, for the findings."""
    number = task.duty.number
    variant = _variant(task, chance, ago)
    answers = dict(variant.get("answers", {}))
    month = _month_of(task)
    if month:
        answers |= _from_requests(number, task, month)
        answers = _moved(answers, month["month"], task, calendar)
    answers = _tokens(answers, task, month)
    closing = Closing(remark=variant.get("remark") or "")
    rows = definition_of(task.duty_id).fields
    _fit(closing, rows, answers)
    return closing


def _variant(task: Task, chance: random.Random, ago: int) -> dict[str, Any]:
    source = content("closings")["duties"].get(str(task.duty.number), {})
    if "variants_by_organization" in source:
        found = source["variants_by_organization"][task.organization.code]
    else:
        found = [v for v in source.get("variants", []) if v.get("org") in (None, task.organization.code)]
    once = [v for v in found if v.get("once")]
    for v in once:
        if v.get("bd") == -ago:
            return v
    usual = [v for v in found if v not in once] or [{}]
    return chance.choices(usual, weights=[v.get("weight", 1) or 1 for v in usual])[0]


def _month_of(task: Task) -> dict[str, Any] | None:
    """The month of requests.json that serves for the task's period: the same, else they take turns."""
    if len(task.period) != len("2026-11"):
        return None
    months = content("requests")["months"]
    same = [m for m in months if m["month"] == task.period]
    return same[0] if same else months[task.period_on.month % len(months)]


def _from_requests(number: int, task: Task, month: dict[str, Any]) -> dict[str, Any]:
    if number == 29:
        return next(
            (r["answers"] for r in month["requests"] if r["organization"] == task.organization.code), {}
        )
    if number == 30:
        return month["adjustment"]["answers"]
    if number == 36:
        return month["print_schedule"]["answers"]
    if number in (32, 33, 34, 35):
        team = "operations" if number in (32, 33) else "helpdesk"
        return {LINES: [r for r in month["runs"] if r["team"] == team]}
    return {}


def _moved(answers: Any, source: str, task: Task, calendar: Calendar) -> Any:
    """`answers` with every date of the month `source` moved to the same business day of the task's month."""
    if source == task.period:
        return answers
    if isinstance(answers, dict):
        return {k: _moved(v, source, task, calendar) for k, v in answers.items()}
    if isinstance(answers, list):
        return [_moved(v, source, task, calendar) for v in answers]
    try:
        day = date.fromisoformat(answers)
    except (TypeError, ValueError):
        return answers
    first = date.fromisoformat(f"{source}-01")
    month = add_months(task.period_on, (day.year - first.year) * 12 + day.month - first.month)
    n = max(1, len(calendar.business_days(day.replace(day=1), day)))
    while (moved := calendar.nth_business_day(month.year, month.month, n)) is None:
        n -= 1
    return moved.isoformat()


def _tokens(answers: dict[str, Any], task: Task, month: dict[str, Any] | None) -> dict[str, Any]:
    lines = sum(len(r["answers"].get(LINES, ())) for r in month["requests"]) if month else 0
    values = {"{ym}": task.period, "{fy}": task.period, "{lines}": str(lines)}

    def fill(value: Any) -> Any:
        for token, text in values.items():
            value = value.replace(token, text) if isinstance(value, str) else value
        return value

    return {k: fill(v) for k, v in answers.items()}


def _fit(closing: Closing, rows: Iterable[DutyField], answers: dict[str, Any]) -> None:
    """Answers by label become answers by key; of lines only the columns that the field has."""
    rows = list(rows)
    for row in (r for r in rows if r.parent_id is None and r.label in answers):
        value = answers[row.label]
        if row.kind == FieldKind.FILE:
            closing.files[row.key] = value
        elif row.kind == FieldKind.LINES:
            columns = {c.label: c.key for c in rows if c.parent_id == row.pk}
            closing.answers[row.key] = [
                {columns[label]: cell for label, cell in line.items() if label in columns} for line in value
            ]
        else:
            closing.answers[row.key] = value
