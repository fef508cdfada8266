"""The rows of a draft while somebody works on them: cells, insert, move, retire, renumber. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .content import Row, canonical
from .grouping import Names, names_of, regrouped
from .models import Cycle, Mark, Scope

#: The cells of a row that stand in the grid; marks besides, as "marks.<role>".
TEXTS = ("number", "category", "section", "work", "cycle", "note")
MARKS = "marks."


@dataclass
class Line:
    """One row. `stored`: as it is saved, None of a new one, whose key is negative until it is."""

    row: Row
    stored: Row | None = None
    is_retired: bool = False

    @property
    def key(self) -> int:
        return self.row["key"]

    @property
    def parent(self) -> int | None:
        return self.row.get("parent")

    @property
    def is_heading(self) -> bool:
        return bool(self.row.get("is_heading"))

    def cell(self, column: str) -> Any:
        if column.startswith(MARKS):
            return self.row["marks"].get(column.removeprefix(MARKS), "")
        return self.row[column]

    def put(self, column: str, value: Any) -> None:
        """Write one cell; a mark is a code of Mark or ""."""
        if not column.startswith(MARKS):
            self.row[column] = value
            return
        marks = {**self.row["marks"], column.removeprefix(MARKS): value}
        self.row["marks"] = {role: mark for role, mark in marks.items() if mark}


@dataclass
class Sheet:
    """`members`: codes of the roles that municipalities hold."""

    lines: list[Line]
    members: frozenset[str] = field(default=frozenset())

    def line(self, key: int) -> Line | None:
        return next((line for line in self.lines if line.key == key), None)

    def index(self, key: int) -> int:
        """ValueError if there is no such row."""
        return [line.key for line in self.lines].index(key)

    def rows(self) -> list[Row]:
        """What is saved: without the retired, whose groups the next row inherits."""
        kept = [(line, name) for line, name in zip(self.lines, names(self), strict=True)]
        kept = [(line, name) for line, name in kept if not line.is_retired]
        cells = regrouped([_cells(line) for line, _ in kept], [name for _, name in kept])
        there = {line.key for line, _ in kept}
        return [
            canonical({**_settled(line, self.members, there), "category": category, "section": section})
            for (line, _), (category, section) in zip(kept, cells, strict=True)
        ]


def sheet_of(rows: Iterable[Row], members: Iterable[str] = ()) -> Sheet:
    """The sheet that shows `rows` as they are saved."""
    return Sheet([Line(_copy(row), row) for row in rows], frozenset(members))


def _copy(row: Row) -> Row:
    return {**row, "marks": dict(row["marks"])}


def _cells(line: Line) -> Names:
    return line.row["category"], line.row["section"]


def names(sheet: Sheet) -> list[Names]:
    """大項目 and 中項目 of every row in full."""
    return names_of([_cells(line) for line in sheet.lines])


# --- what follows from a cell ---------------------------------------------------------------------------


def _settled(line: Line, members: frozenset[str], there: set[int]) -> Row:
    """The row with the settings that follow its cells, and no heading that is gone."""
    row = _copy(line.row)
    if row.get("parent") not in there:
        row.pop("parent", None)
    before: Mapping[str, Any] = line.stored or {"cycle": "", "marks": {}}
    if row["cycle"] != before["cycle"]:  # the rule of another cycle says nothing
        row.pop("schedule", None)
        if row["cycle"] == Cycle.DAILY:
            row["schedule"] = {}
    was, now = _scope(before["marks"], members), _scope(row["marks"], members)
    if was != now and row.get("scope", Scope.COMMON.value) == was:
        row["scope"] = now
    return row


def _scope(marks: Mapping[str, str], members: frozenset[str]) -> str:
    """A duty on which 構成団体 has ◎ is done per municipality."""
    each = any(marks.get(role) == Mark.MAIN for role in members)
    return Scope.EACH.value if each else Scope.COMMON.value


# --- rows -----------------------------------------------------------------------------------------------


def insert(sheet: Sheet, key: int | None, *, below: bool = True) -> Line:
    """A new row above or below `key`, in its group; without a key at the end."""
    at = sheet.index(key) if key is not None else len(sheet.lines) - 1
    beside = sheet.lines[at] if sheet.lines else None
    groups = names(sheet)
    line = Line(_blank(sheet))
    place = at + (1 if below else 0)
    if beside and beside.parent is not None:
        line.row["parent"] = beside.parent
    sheet.lines.insert(place, line)
    groups.insert(place, groups[at] if groups else ("", ""))
    _regroup(sheet, groups)
    _adopt(sheet, place)
    return line


def _blank(sheet: Sheet) -> Row:
    keys = [line.key for line in sheet.lines]
    numbers = [n for line in sheet.lines if isinstance(n := line.row["number"], int)]
    return {
        "key": min([0, *keys]) - 1,
        "number": max([0, *numbers]) + 1,
        **dict.fromkeys(("category", "section", "work", "note", "cycle"), ""),
        "marks": {},
    }


def move(sheet: Sheet, key: int, step: int) -> bool:
    """One row up (-1) or down (1), a heading with what stands under it; False at the edge.

    It joins the group of the row that it passes."""
    groups = names(sheet)
    start, end = _block(sheet, sheet.index(key))
    passed = _passed(sheet, start, end, step)
    if passed is None:
        return False
    lines, group = sheet.lines[start:end], groups[passed[1] - 1 if step < 0 else passed[0]]
    for at in reversed(range(start, end)):
        del sheet.lines[at], groups[at]
    place = passed[0] if step < 0 else passed[1] - len(lines)
    sheet.lines[place:place] = lines
    groups[place:place] = [group] * len(lines)
    _regroup(sheet, groups)
    if len(lines) == 1 and not lines[0].is_heading:
        _adopt(sheet, place)
    return True


def _block(sheet: Sheet, at: int) -> tuple[int, int]:
    """A row; a heading together with its rows."""
    end, line = at + 1, sheet.lines[at]
    while line.is_heading and end < len(sheet.lines) and sheet.lines[end].parent == line.key:
        end += 1
    return at, end


def _passed(sheet: Sheet, start: int, end: int, step: int) -> tuple[int, int] | None:
    """What a move passes: the next row, or, for a heading, the next one with all that stands under it."""
    at = start - 1 if step < 0 else end
    if not 0 <= at < len(sheet.lines):
        return None
    if not sheet.lines[start].is_heading:
        return at, at + 1
    head = sheet.lines[at].parent
    return _block(sheet, sheet.index(head) if head is not None else at)


def _adopt(sheet: Sheet, at: int) -> None:
    """The heading of a row that came to stand here."""
    line = sheet.lines[at]
    above = sheet.lines[at - 1] if at else None
    below = sheet.lines[at + 1] if at + 1 < len(sheet.lines) else None
    parent = None
    if above and above.is_heading:
        parent = above.key
    elif above and above.parent is not None and above.parent in (line.parent, below and below.parent):
        parent = above.parent
    if parent is None:
        line.row.pop("parent", None)
    else:
        line.row["parent"] = parent


def _regroup(sheet: Sheet, groups: Sequence[Names]) -> None:
    cells = regrouped([_cells(line) for line in sheet.lines], groups)
    for line, (category, section) in zip(sheet.lines, cells, strict=True):
        line.row["category"], line.row["section"] = category, section


def retire(sheet: Sheet, key: int, *, is_retired: bool = True) -> None:
    """Strike a row, or take that back; a new one simply goes."""
    line = sheet.lines[sheet.index(key)]
    if line.stored is not None:
        line.is_retired = is_retired
        return
    groups = names(sheet)
    at = sheet.index(key)
    del sheet.lines[at], groups[at]
    _regroup(sheet, groups)


def renumber(sheet: Sheet) -> None:
    """No. 1, 2, 3 … in the order of the rows that stay."""
    for number, line in enumerate((x for x in sheet.lines if not x.is_retired), 1):
        line.row["number"] = number
