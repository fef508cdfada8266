"""The form of a task as it is drawn: fields with what stands in them, typed or stored, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from opsdesk.lib.era import era_short
from raci.models import DutyField, FieldKind

from .answers import Field, Reading, choices_of, is_empty, is_required
from .choices import member_names

#: A day of no fiscal year of ours: dates in inputs always carry their year (R8.12/3(木)).
NO_DAY = date(1, 1, 1)
ROW = "__row__"


@dataclass(frozen=True)
class Choice:
    """One of several; `hint` stands beside its words, `is_off`: it can't be chosen now."""

    value: str
    is_chosen: bool
    css: str = ""
    label: str = ""
    hint: str = ""
    is_off: bool = False

    @property
    def words(self) -> str:
        return self.label or self.value


@dataclass
class Shown:
    """One field, or one cell of lines."""

    row: DutyField
    name: str
    text: str
    is_checked: bool = False
    choices: Sequence[Choice] = ()
    error: str = ""
    finding: str = ""
    previous: str = ""
    is_needed: bool = False
    is_editable: bool = False
    files: Sequence[Any] = ()
    label: str = ""
    op: str = ""

    @property
    def id(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        return self.row.key

    @property
    def kind(self) -> str:
        return self.row.kind

    @property
    def unit(self) -> str:
        return self.row.options.get("unit", "")

    @property
    def is_many(self) -> bool:
        """Several of the choices at once: a box each."""
        return self.row.options.get("organizations") == "many"

    @property
    def is_long(self) -> bool:
        return bool(self.row.options.get("multiline"))

    @property
    def described(self) -> str:
        """Ids of what describes the control."""
        ids = [f"{self.id}-e"] if self.error else []
        return " ".join([*ids, f"{self.id}-h"] if self.row.hint or self.previous or self.finding else ids)


@dataclass
class Line:
    number: int
    index: str
    cells: list[Shown]
    error: str = ""

    @property
    def errors(self) -> list[Shown]:
        return [c for c in self.cells if c.error]

    @property
    def is_found(self) -> bool:
        return any(c.finding for c in self.cells)


@dataclass
class Lines:
    """A table of lines; `blank` is the row that paste and 明細を追加 copy. Of the columns that closing needs,
    `needed` are asked now, `later` until then (keys)."""

    shown: Shown
    columns: Sequence[DutyField]
    lines: list[Line]
    blank: Line
    needed: Collection[str]
    later: Collection[str] = ()

    @property
    def count(self) -> int:
        return len(self.lines)


@dataclass
class Group:
    """Fields that are drawn together: tri (OK/NG table), nums, plain, lines."""

    look: str
    fields: list[Any] = field(default_factory=list)

    @property
    def is_all_needed(self) -> bool:
        """Then the head says so, once."""
        return all(f.is_needed and f.is_editable for f in self.fields)


@dataclass
class Drawn:
    """All of a task's form."""

    groups: list[Group]
    errors: list[tuple[str, str]]
    findings: list[str]
    missing: list[str]
    asked: int
    answered: int
    can_fill: bool
    can_confirm: bool
    last: str


def draw(
    fields: Sequence[Field],
    *,
    values: Mapping[str, Any],
    editable: Collection[str],
    reading: Reading,
    errors: Mapping[str, str],
    previous: Mapping[str, Any],
    files: Mapping[str, Sequence[Any]],
    blanks: int = 1,
    last: str = "",
) -> Drawn:
    """`values`: as typed or stored; `errors` of a refused command; `files` by field key; `last`: that day."""
    groups: list[Group] = []
    for f in fields:
        look = look_of(f)
        if f.kind == FieldKind.LINES:
            drawn: Any = _lines(f, values.get(f.key) or [], f.key in editable, reading, errors, blanks)
        else:
            drawn = _shown(f.row, f"f-{f.key}", values.get(f.key), f.key, f.key in editable, reading, errors)
            drawn.is_needed = is_required(f.row, reading.answers)
            drawn.files = files.get(f.key, ())
            drawn.previous = text_of(f.row, previous.get(f.key))
            drawn.op = _operator(f, fields)
        if not groups or groups[-1].look != look or look == "lines":
            groups.append(Group(look))
        groups[-1].fields.append(drawn)
    required = [f for f in fields if is_required(f.row, reading.answers)]
    missing = {k.partition(".")[0] for k in reading.missing}
    return Drawn(
        groups=groups,
        errors=[(f"#{target(key)}", sentence) for key, sentence in errors.items()],
        findings=list(reading.findings.values()),
        missing=list(reading.missing.values()),
        asked=len(required),
        answered=sum(f.key not in missing for f in required),
        can_fill=bool(editable),
        can_confirm=any(f.key in editable and f.key in missing and look_of(f) == "tri" for f in fields),
        last=last,
    )


def target(key: str) -> str:
    """The id of the control that an error's key means."""
    return f"f-{key.replace('.', '-')}"


def _operator(f: Field, fields: Sequence[Field]) -> str:
    """= and + between a sum and its parts (総台数 = 更新済 + 未更新)."""
    sums: list[list[str]] = [x.row.options.get("sum_of", []) for x in fields]
    parts = next((keys for keys in sums if f.key in keys), None)
    return "" if parts is None else "=" if f.key == parts[0] else "+"


def look_of(f: Field) -> str:
    if f.kind == FieldKind.LINES:
        return "lines"
    if f.kind == FieldKind.CHOICE and "NG" in f.row.choices:
        return "tri"
    return "nums" if f.kind == FieldKind.NUMBER else "plain"


def _shown(
    row: DutyField,
    name: str,
    value: Any,
    where: str,
    is_editable: bool,
    reading: Reading,
    errors: Mapping[str, str],
) -> Shown:
    text = text_of(row, value)
    return Shown(
        row=row,
        name=name,
        text=text,
        is_checked=value in (True, "on"),
        choices=_choices(row, value),
        error=errors.get(where, ""),
        finding=reading.findings.get(where, ""),
        is_needed=row.is_required,
        is_editable=is_editable,
        label=row.label,
    )


def _choices(row: DutyField, value: Any) -> list[Choice]:
    if not row.options.get("organizations"):
        css = {"OK": "", "NG": "ng"}
        return [Choice(c, str(value) == c, css.get(c, "na")) for c in choices_of(row)]
    codes = value if isinstance(value, list) else [value]
    return [Choice(code, code in codes, label=name) for code, name in member_names().items()]


def _lines(
    f: Field,
    values: Sequence[Mapping[str, Any]],
    is_editable: bool,
    reading: Reading,
    errors: Mapping[str, str],
    blanks: int,
) -> Lines:
    rows: list[Mapping[str, Any]] = [*values, *([{}] * blanks if is_editable else [])]

    def line(n: int, index: str, row: Mapping[str, Any]) -> Line:
        cells = [
            _shown(
                c,
                f"f-{f.key}-{index}-{c.key}",
                row.get(c.key),
                f"{f.key}.{index}.{c.key}",
                is_editable,
                reading,
                errors,
            )
            for c in f.columns
        ]
        for cell in cells:
            cell.label = _("明細%(n)s %(label)s") % {
                "n": n if index != ROW else "__n__",
                "label": cell.row.label,
            }
        return Line(n, index, cells)

    return Lines(
        shown=_shown(f.row, f"f-{f.key}", None, f.key, is_editable, reading, errors),
        columns=f.columns,
        lines=[line(n + 1, str(n), row) for n, row in enumerate(rows)],
        blank=line(0, ROW, {}),
        needed={c.key for c in f.columns if c.is_required},
    )


def text_of(row: DutyField, value: Any) -> str:
    """What an input shows: typed text as it is, a stored date as R8.12/3(木), municipalities by name."""
    if value is True:
        return _("確認済み")
    if value is None or value is False:
        return ""
    if row.kind == FieldKind.DATE:
        day, _t, hour = str(value).partition("T")
        try:
            return f"{era_short(date.fromisoformat(day), NO_DAY)} {hour}".strip()
        except ValueError:
            return str(value)
    if row.options.get("organizations"):
        names = member_names()
        return "、".join(names.get(c, str(c)) for c in (value if isinstance(value, list) else [value]))
    return str(value)


def raw_of(fields: Sequence[Field], data: QueryDict, editable: Collection[str]) -> dict[str, Any]:
    """What was typed, for every field that the form let be filled in (an absent check is unchecked)."""
    raw: dict[str, Any] = {}
    for f in fields:
        if f.key not in editable or f.kind == FieldKind.FILE:
            continue
        name = f"f-{f.key}"
        if f.kind == FieldKind.LINES:
            raw[f.key] = _raw_lines(f, data)
        elif f.kind == FieldKind.CHECK:
            raw[f.key] = name in data
        elif f.row.options.get("organizations") == "many":
            raw[f.key] = data.getlist(name)
        else:
            raw[f.key] = data.get(name, "")
    return raw


def _raw_lines(f: Field, data: QueryDict) -> list[dict[str, Any]]:
    """Rows in their order; rows in which nothing stands are left out, `drop-line` takes one away."""
    pattern = re.compile(rf"f-{re.escape(f.key)}-(\d{{1,6}})-(.+)")
    rows: dict[int, dict[str, Any]] = {}
    columns = {c.key for c in f.columns}
    for name in data:
        match = pattern.fullmatch(name)
        if match and match[2] in columns:
            rows.setdefault(int(match[1]), {})[match[2]] = data.get(name, "")
    dropped = data.get("drop-line", "")
    return [
        row
        for n, row in sorted(rows.items())
        if dropped != f"{f.key}.{n}" and not all(is_empty(value) for value in row.values())
    ]
