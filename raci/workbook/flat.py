"""The second sheet: one row a duty, nothing merged, every setting; for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from raci.content import PLAIN, SCHEDULE, Row
from raci.models import Cycle, Mark

from .cells import FONT, put
from .layout import DOCUMENTS, ROLE, TEXTS, WORDS, YES, columns, document, pieces

WIDTHS = {"category": 16, "section": 20, "work": 40, "note": 24}


def write(sheet: Any, rows: Sequence[Row], roles: Mapping[str, str]) -> None:
    """Fill the sheet; `roles` are names by code, in the order of their columns."""
    filled = [cells_of(row) for row in rows]
    heads = list(_with_continuations(columns(roles), filled))
    for at, head in enumerate(heads, 1):
        cell = put(sheet, 1, at, head)
        cell.font, cell.fill = Font(name=FONT, bold=True), PatternFill("solid", fgColor="E9EEF4")
        sheet.column_dimensions[get_column_letter(at)].width = WIDTHS.get(head, 13)
    for n, values in enumerate(filled, 2):
        for at, head in enumerate(heads, 1):
            if head in values:
                cell = put(sheet, n, at, values[head])
                cell.alignment = Alignment(vertical="top", wrap_text=head in TEXTS)
    sheet.freeze_panes = "C2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 8  # A3
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(rows) + 1}"


def cells_of(row: Row) -> dict[str, str | int]:
    """The cells of one row by the heads of their columns; what is not said has no cell."""
    found: dict[str, str | int] = {name: row[name] for name in PLAIN if row[name] != ""}
    if row["cycle"]:
        found["cycle"] = str(Cycle(row["cycle"]).label)
    found |= {f"{ROLE}{code}": Mark(mark).glyph for code, mark in row["marks"].items()}
    if row.get("parent") is not None:
        found["parent"] = row["parent"]
    found |= {name: _word(row[name]) for name in WORDS if name in row}
    if row.get("schedule") is not None:
        rule = row["schedule"]
        found["schedule"] = YES
        found |= {f"schedule.{name}": rule[name] for name in SCHEDULE if rule.get(name) not in (None, "")}
    for name in DOCUMENTS:
        if row.get(name):
            found |= _spread(name, document(row[name]))
    return found


def _word(value: Any) -> str:
    return (YES if value else "0") if isinstance(value, bool) else str(value)


def _spread(name: str, text: str) -> dict[str, str]:
    """A long text over `name`, `name:2`, `name:3` …"""
    return {name if n == 1 else f"{name}:{n}": piece for n, piece in enumerate(pieces(text), 1)}


def _with_continuations(heads: Sequence[str], filled: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    used = {head for cells in filled for head in cells}
    for head in heads:
        yield head
        n = 2
        while f"{head}:{n}" in used:
            yield f"{head}:{n}"
            n += 1
