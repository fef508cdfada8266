"""What a duty asks, what was read, and what the rules look at: shapes of reading and judging. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from raci.models import DutyField


@dataclass(frozen=True)
class Field:
    """A field with the columns of its lines (empty unless its kind is lines)."""

    row: DutyField
    columns: tuple[DutyField, ...] = ()

    @property
    def key(self) -> str:
        return self.row.key

    @property
    def kind(self) -> str:
        return self.row.kind


@dataclass
class Reading:
    """`answers` as they are stored; the rest by field key, of a cell `<key>.<row from 0>.<column key>`.

    `errors` can't be stored, `missing` keeps the task from being closed, `findings` propose 異常あり.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    findings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """What the rules look at besides the answers: the day, its calendar, the limit, the period, the files."""

    today: date
    calendar: Any
    limit_percent: int = 5
    period: tuple[date, date] | None = None
    files: frozenset[str] = frozenset()  # keys of file fields that have a file
    organizations: Mapping[str, str] = field(default_factory=dict)  # code -> name of those to choose from
    known: Mapping[str, tuple[str, Any]] = field(default_factory=dict)  # "41.quantity" -> label, answer


def fields_of(rows: Iterable[DutyField]) -> tuple[Field, ...]:
    """The fields of one duty in order, columns under their lines."""
    rows = sorted(rows, key=lambda r: r.position)
    columns: dict[int, list[DutyField]] = {}
    for row in rows:
        if row.parent_id:
            columns.setdefault(row.parent_id, []).append(row)
    return tuple(Field(row, tuple(columns.get(row.pk, ()))) for row in rows if not row.parent_id)


def skipped_by(fields: Iterable[Field], answers: Mapping[str, Any]) -> str:
    """範囲: 庁内LANのため対象外, the answer with which closing counts as 対象外; "" without one."""
    for f in fields:
        if answers.get(f.key) in f.row.options.get("skips", ()):
            is_open = "restricted_to" not in f.row.options  # the reason is read by all who see the task
            return f"{f.row.label}: {answers[f.key]}" if is_open else f.row.label
    return ""


def namer(row: DutyField, answers: Mapping[str, Any]) -> str:
    """Code of the role that puts another value in the place of this answer (わからない), or ""."""
    value = answers.get(row.key)
    return row.options.get("named_by", {}).get(value, "") if isinstance(value, str) else ""


def is_empty(value: Any) -> bool:
    return value is None or value is False or value == [] or (isinstance(value, str) and not value.strip())


def line_no(n: int) -> str:
    """明細3行目, before what is said of one of its cells."""
    return _("明細%(n)s行目 ") % {"n": n + 1}
