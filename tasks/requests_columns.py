"""Answers as columns: on the page a field is a cell, in the workbook each column of its lines is one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from raci.definition import definition_of
from raci.models import DutyField, FieldKind

from .asked import Field, fields_of
from .forms import text_of
from .models import Task

#: So many lines of a table, and so much of a text, stand in a cell of the page; the workbook has all.
LINES, SHORT = 3, 60


def columns_for(fields: Sequence[Field]) -> list[tuple[str, tables.Column]]:
    """(name, column) of the fields of a duty, those of their lines after each."""
    labels = [f.row.label for f in fields]
    return [found for f in fields for found in _columns_of(f, labels)]


def _columns_of(f: Field, labels: Collection[str]) -> Iterator[tuple[str, tables.Column]]:
    yield f"f-{f.key}", Files(f) if f.kind == FieldKind.FILE else Lines(f) if f.columns else Answer(f)
    for column in f.columns:
        label = column.label if column.label not in labels else f"{f.row.label} {column.label}"
        yield f"f-{f.key}-{column.key}", OfLines(f, column, label)


class Answer(tables.Column):
    """One field's answer."""

    def __init__(self, f: Field, **options: Any) -> None:
        super().__init__(**{"verbose_name": f.row.label, "orderable": False, "empty_values": (), **options})
        self.f = f

    def given(self, task: Any) -> Any:
        """The answer that the person may see."""
        return None if self.f.key in task.hidden else task.answers.get(self.f.key)

    def render(self, record: Any) -> Any:
        words = text_of(self.f.row, self.given(record))
        return f"{words[:SHORT]}…" if len(words) > SHORT else words

    def value(self, record: Any) -> Any:
        return plain(self.f.row, self.given(record))


class Files(Answer):
    """The files of a field: links on the page, names in the workbook."""

    def render(self, record: Any) -> SafeString:
        files = ((reverse("tasks:file", args=[file.pk]), file.name) for file in self.files(record))
        return format_html_join(" ", '<a href="{}">{}</a>', files)

    def value(self, record: Any) -> str:
        return "、".join(file.name for file in self.files(record))

    def files(self, task: Any) -> list[Any]:
        return [] if self.f.key in task.hidden else task.files_of(self.f.key)


class Lines(Answer):
    """The first lines of a table, on the page only."""

    def __init__(self, f: Field) -> None:
        super().__init__(f, exclude_from_export=True)

    def render(self, record: Any) -> SafeString | str:
        rows = self.given(record) or []
        if not rows:
            return ""
        shown = format_html_join("", "<li>{}</li>", ((_line(self.f, row),) for row in rows[:LINES]))
        more = _("ほか%(n)s行") % {"n": len(rows) - LINES} if len(rows) > LINES else ""
        return format_html('<ul class="req-l">{}</ul>{}', shown, more)


class OfLines(Answer):
    """One column of the lines, in the workbook only: the row says which line it shows (`nth`)."""

    def __init__(self, f: Field, column: DutyField, label: str) -> None:
        super().__init__(f, verbose_name=label, visible=False)
        self.column = column

    def value(self, record: Any) -> Any:
        rows = self.given(record) or []
        return plain(self.column, rows[record.nth].get(self.column.key)) if record.nth < len(rows) else None


def _line(f: Field, row: Any) -> str:
    return " ".join(filter(None, (text_of(c, row.get(c.key)) for c in f.columns)))


def plain(row: DutyField, value: Any) -> Any:
    """An answer as a cell of a workbook: days as days, numbers as numbers, text as it was written."""
    if value is None or isinstance(value, int) and not isinstance(value, bool):
        return value
    if row.kind == FieldKind.DATE and not row.options.get("time"):
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            return str(value)
    return text_of(row, value)


def summary_of(task: Task, hidden: Collection[str]) -> str:
    """区分 新規、公印名 市長印: the answers in one text, without what the person may not see."""
    found = []
    for f in fields_of(definition_of(task.duty_id).fields):
        value = None if f.key in hidden else task.answers.get(f.key)
        words = " / ".join(_line(f, row) for row in value or ()) if f.columns else text_of(f.row, value)
        if words:
            found.append(f"{f.row.label} {words}")
    return "、".join(found)
