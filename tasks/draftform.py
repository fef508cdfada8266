"""The grid of a draft as a form: what a person has typed, read from a POST and written back into the page.

What stands in no visible control (the order, rows that are folded, cells that are not being edited) travels
in one hidden field as the difference to the rows that the person saw."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Role
from opsdesk.lib.refusal import Refusal
from raci.content import Row
from raci.draftsheet import MARKS, TEXTS, Line, Sheet, sheet_of
from raci.models import Cycle, Mark
from raci.reading import read_number

#: Longer text is no cell; soundness says how long one may be.
LONGEST = 2000
CHANGED, ALL = "changed", "all"


@dataclass
class Typed:
    """The sheet as typed; `opened` rows are shown though nothing changed, `editing` ones with their texts.

    `seen` are the rows from which the person set out."""

    sheet: Sheet
    seen: list[Row]
    view: str = CHANGED
    opened: set[int] = field(default_factory=set)
    editing: set[int] = field(default_factory=set)
    start: int = 0  # the key from which on rows are shown, where they are too many

    @property
    def is_dirty(self) -> bool:
        """Something is not saved yet."""
        return self.sheet.rows() != self.seen

    def state(self) -> str:
        """The hidden field."""
        return json.dumps(
            {
                "rows": [[line.key, delta(line), line.is_retired] for line in self.sheet.lines],
                "view": self.view,
                "opened": sorted(self.opened),
                "editing": sorted(self.editing),
                "start": self.start,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )


def members(roles: Iterable[Role]) -> frozenset[str]:
    return frozenset(role.code for role in roles if role.kind == Organization.Kind.MEMBER)


def columns(roles: Iterable[Role]) -> list[str]:
    """Every cell of a row that can be typed."""
    return [*TEXTS, *(f"{MARKS}{role.code}" for role in roles)]


def control(key: int, column: str) -> str:
    """The name and id of the control of one cell."""
    return f"c-{key}-{column.replace('.', '-')}"


def delta(line: Line) -> dict[str, Any]:
    """The cells of a line that are not as saved; of a new one those that are not empty."""
    before: Mapping[str, Any] = line.stored or {**dict.fromkeys(TEXTS, ""), "marks": {}}
    found: dict[str, Any] = {c: line.row[c] for c in TEXTS if line.row[c] != before[c]}
    for role in {*line.row["marks"], *before["marks"]}:
        if line.row["marks"].get(role) != before["marks"].get(role):
            found[f"{MARKS}{role}"] = line.row["marks"].get(role, "")
    if line.parent != before.get("parent"):
        found["parent"] = line.parent
    return found


# --- in -------------------------------------------------------------------------------------------------


def fresh(rows: Sequence[Row], roles: Sequence[Role], *, view: str, editing: Iterable[int] = ()) -> Typed:
    """Nothing typed yet."""
    return Typed(sheet_of(rows, members(roles)), list(rows), view, editing=set(editing))


def read(data: Mapping[str, str], seen: Sequence[Row], roles: Sequence[Role]) -> Typed:
    """What the form says, over the rows that the person saw; Refusal if it can't have come from our page."""
    try:
        state = json.loads(data.get("state", ""))
        typed = Typed(
            Sheet(_lines(state["rows"], seen, columns(roles)), members(roles)),
            list(seen),
            CHANGED if state["view"] == CHANGED else ALL,
            {int(key) for key in state["opened"]},
            {int(key) for key in state["editing"]},
            int(state["start"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refusal(_("入力した内容を読めませんでした。画面を開き直してください。")) from error
    for line in typed.sheet.lines:
        for column in columns(roles):
            text = data.get(control(line.key, column))
            if text is not None:
                line.put(column, _value(column, text))
    return typed


def _lines(state: Iterable[Any], seen: Sequence[Row], known: Sequence[str]) -> list[Line]:
    stored = {row["key"]: row for row in seen}
    lines: dict[int, Line] = {}
    for key, cells, is_retired in state:
        key = int(key)
        line = _line(key, stored.get(key))
        if line is None:
            continue
        for column, value in cells.items():
            if column == "parent":
                _put_parent(line, value)
            elif column in known:
                line.put(column, _value(column, str(value)))
        line.is_retired = bool(is_retired) and line.stored is not None
        lines[key] = line
    for key, row in stored.items():  # none gets lost on the way
        lines.setdefault(key, Line({**row, "marks": dict(row["marks"])}, row))
    return list(lines.values())


def _line(key: int, stored: Row | None) -> Line | None:
    """None for a row that is not there any more."""
    if stored is not None:
        return Line({**stored, "marks": dict(stored["marks"])}, stored)
    return Line({"key": key, **dict.fromkeys(TEXTS, ""), "marks": {}}) if key < 0 else None


def _put_parent(line: Line, value: Any) -> None:
    if value is None:
        line.row.pop("parent", None)
    else:
        line.row["parent"] = int(value)


def _value(column: str, text: str) -> Any:
    """What stands in a control; a No. that is none stays as typed, for soundness to refuse."""
    text = text[:LONGEST]
    if column.startswith(MARKS):
        return text if text in Mark.values else ""
    if column == "cycle":
        return text if text in Cycle.values else ""
    if column == "number":
        try:
            return read_number(text)
        except ValueError:
            return text
    return text


# --- two people at once ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clash:
    """A cell that both changed: what the other saved and what I typed."""

    key: int
    number: int
    column: str
    theirs: Any
    mine: Any


def rebased(typed: Typed, current: Sequence[Row]) -> tuple[Typed, list[Clash]]:
    """What I typed over what the other saved meanwhile; where both changed a cell mine is named and wins."""
    now = {row["key"]: row for row in current}
    before = {row["key"]: row for row in typed.seen}
    clashes: list[Clash] = []
    lines: list[Line] = []
    for line in typed.sheet.lines:
        row = now.get(line.key)
        if row is None and line.stored is not None:
            continue  # the other retired it
        mine = Line({**(row or line.row), "marks": dict((row or line.row)["marks"])}, row, line.is_retired)
        for column, value in delta(line).items() if row else ():
            if column == "parent":
                _put_parent(mine, value)
                continue
            theirs = mine.cell(column)
            if theirs != Line(before[line.key]).cell(column) and theirs != value:
                clashes.append(Clash(line.key, row["number"], column, theirs, value))  # type: ignore[index]
            mine.put(column, value)
        lines.append(mine)
    _add_theirs(lines, current)
    sheet = Sheet(lines, typed.sheet.members)
    return Typed(sheet, list(current), typed.view, typed.opened, typed.editing, typed.start), clashes


def _add_theirs(lines: list[Line], current: Sequence[Row]) -> None:
    """Rows that the other added, each below the one under which it was put."""
    known = {line.key for line in lines}
    above: int | None = None
    for row in current:
        if row["key"] not in known:
            at = next((n for n, line in enumerate(lines, 1) if line.key == above), 0)
            lines.insert(at, Line({**row, "marks": dict(row["marks"])}, row))
        above = row["key"]
