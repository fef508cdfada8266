"""A block of cells from Excel, pasted into the rows of a draft. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .draftsheet import MARKS, Sheet, insert
from .reading import read_cycle, read_mark, read_number
from .soundness import MOST_ROWS

#: Longer text is no block of cells of a sheet of MOST_ROWS rows.
MOST_TEXT = 1_000_000


@dataclass(frozen=True)
class Fault:
    """A cell that could not be read and stayed as it was."""

    key: int
    column: str
    sentence: str


def columns_of(roles: Sequence[str]) -> list[str]:
    """The columns in the order of the sheet."""
    return ["number", "category", "section", "work", "cycle", *(f"{MARKS}{role}" for role in roles), "note"]


def block_of(text: str) -> list[list[str]]:
    """Rows of cells of a tab-separated text; a cell with line breaks is quoted, as Excel does it."""
    if len(text) > MOST_TEXT:
        raise ValueError(_("貼り付ける表が大きすぎます。"))
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        rows = [[c.replace("\n", "") for c in row] for row in csv.reader(io.StringIO(plain), "excel-tab")]
    except csv.Error as error:  # a cell of more than 128 KB
        raise ValueError(_("貼り付ける表が大きすぎます。")) from error
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > MOST_ROWS:
        raise ValueError(_("貼り付けは%(most)s行までです。") % {"most": MOST_ROWS})
    return rows


def paste(sheet: Sheet, key: int, column: str, text: str, roles: Sequence[str]) -> list[Fault]:
    """Write the block from the cell (`key`, `column`) on; rows that are missing are added at the end.

    A cell that can't be read stays as it was. ValueError: the block is none, or begins nowhere."""
    columns = columns_of(roles)
    block = block_of(text)
    start, left = sheet.index(key), columns.index(column)
    faults: list[Fault] = []
    for at, cells in enumerate(block, start):
        line = sheet.lines[at] if at < len(sheet.lines) else insert(sheet, None)
        for name, value in zip(columns[left:], cells, strict=False):
            try:
                line.put(name, _read(name, value))
            except ValueError as error:
                faults.append(Fault(line.key, name, str(error)))
    return faults


def _read(column: str, text: str) -> str | int:
    if column.startswith(MARKS):
        return read_mark(text)
    if column == "cycle":
        return read_cycle(text)
    return read_number(text) if column == "number" else text
