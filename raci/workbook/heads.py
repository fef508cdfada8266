"""The head of the sheet found and read: over one line or several, with spaces and line ends inside."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opsdesk.lib.sheets import Sheet as Cells

from .marks import bare, number_of

#: Within so many rows the head begins, and so many lines it may have.
SEARCHED, MOST_LINES = 15, 4
KNOWN = {
    "number": ("no.", "no", "番号", "項番", "項目番号", "#"),
    "category": ("大項目", "大分類"),
    "section": ("中項目", "中分類"),
    "work": ("作業内容", "業務内容", "作業項目", "作業名"),
    "cycle": ("周期", "実施周期", "頻度", "サイクル"),
    "note": ("備考", "摘要", "備考欄"),
}
NAMES = {name: column for column, names in KNOWN.items() for name in names}
#: Heads over several columns; they name no column themselves.
OVER = ("委託ベンダー", "委託ベンダ", "委託業者", "委託先", "担当区分", "役割分担", "分担")


@dataclass(frozen=True)
class Head:
    """The columns by what they are (of roles by code), and those that nobody knows by their words."""

    first: int  # the row of its first line
    after: int  # the first row below it
    columns: dict[str, int]
    roles: dict[str, int]
    unknown: dict[int, str] = field(default_factory=dict)
    doubled: list[tuple[int, str]] = field(default_factory=list)

    @property
    def score(self) -> int:
        return len(self.columns) + len(self.roles)


def find(cells: Cells, roles: Mapping[str, str]) -> Head | None:
    """The head that names most columns, of the fewest lines; None if no row names work and cycle.

    `roles`: names by code."""
    cells = _top(cells)
    best: Head | None = None
    for first in range(1, SEARCHED + 1):
        for lines in range(1, MOST_LINES + 1):
            head = _read(cells, first, lines, roles)
            is_head = "work" in head.columns and ("cycle" in head.columns or "number" in head.columns)
            if is_head and (best is None or head.score > best.score):
                best = head
    return _to_its_end(cells, best, roles) if best else None


def _top(cells: Cells) -> Cells:
    """The rows in which a head may stand: a sheet may have a hundred thousand cells."""
    last = SEARCHED + 2 * MOST_LINES
    found = {place: value for place, value in cells.cells.items() if place[0] <= last}
    return Cells(cells.title, found, [m for m in cells.merged if m[0] <= last])


def folded(text: Any) -> str:
    """The words of a head for comparing: ＨＷ／ＮＷ 保守 is HW/NW保守."""
    return bare(unicodedata.normalize("NFKC", "" if text is None else str(text))).casefold()


def _to_its_end(cells: Cells, head: Head, roles: Mapping[str, str]) -> Head:
    """The lines below that have neither a No. nor a work belong to the head: they end its words."""
    number, work = head.columns.get("number", 0), head.columns["work"]
    after = head.after
    while (
        after < head.first + MOST_LINES
        and after <= cells.max_row
        and number_of(cells.cells.get((after, number))) is None
        and not bare(cells.cells.get((after, work)))
        and any(bare(cells.cells.get((after, c))) for c in range(1, cells.max_column + 1))
    ):
        after += 1
    longer = _read(cells, head.first, after - head.first, roles) if after > head.after else head
    return longer if longer.score >= head.score else head


def _read(cells: Cells, first: int, lines: int, roles: Mapping[str, str]) -> Head:
    """The head in rows first … first + lines - 1, whatever stands there."""
    head = Head(first, first + lines, {}, {})
    by_name = {folded(name): code for code, name in roles.items()}
    wide = {(r1, c1) for r1, c1, _r2, c2 in cells.merged if c2 > c1}
    for column in range(1, cells.max_column + 1):
        parts = [
            str(value)
            for row in range(first, first + lines)
            if bare(value := cells.cells.get((row, column))) and (row, column) not in wide
        ]
        if parts:
            _name(head, column, parts, by_name)
    return head


def _name(head: Head, column: int, parts: list[str], by_name: Mapping[str, str]) -> None:
    """Say what the column is, by all of its lines, or by those below a head over several columns."""
    text = folded("".join(parts))
    if parts[1:] and folded(parts[0]) in OVER:
        parts, text = parts[1:], folded("".join(parts[1:]))
    if text in NAMES:
        known, name = head.columns, NAMES[text]
    elif text in by_name:
        known, name = head.roles, by_name[text]
    elif text in OVER:
        return
    else:
        head.unknown[column] = "".join("".join(p.split()) for p in parts)
        return
    if name in known:
        head.doubled.append((column, "".join(parts)))
    else:
        known[name] = column
