"""A sheet of openpyxl filled safely: text stays text and comes back as it was."""

from __future__ import annotations

import re
from typing import Any

from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from opsdesk.lib.sheet_child import unescaped

FONT = "游ゴシック"
#: What XML can't hold or changes, and what the format would take for such an escape.
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def put(sheet: Worksheet, row: int, column: int, value: str | int | None) -> Cell:
    """Write `value`; a text that begins with = is no formula, and stays text when a person edits it."""
    cell: Any = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = escaped(value)
        cell.data_type = "s"
        cell.number_format = "@"
    else:
        cell.value = value
    return cell


def escaped(text: str) -> str:
    """`text` as the format keeps it: every character that XML can't hold as _x000D_."""
    return UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def raw(value: Any) -> Any:
    """What `put` was given, from what the cell holds."""
    return unescaped(value) if isinstance(value, str) else value
