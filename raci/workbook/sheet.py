"""What reading a workbook gives: rows, problems by cell address, and columns that nobody knows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from raci.content import Row

#: Reading stops here: nobody mends more at once.
MOST_PROBLEMS = 200


@dataclass(frozen=True)
class Problem:
    """One thing that is not right, or that was decided for the reader; a fatal one keeps the sheet out."""

    cell: str
    sentence: str
    is_fatal: bool = False


@dataclass(frozen=True)
class Extra:
    """A column that is no role's: `marks` by the place of the row in the sheet's rows.

    Without marks, or with cells that are none, it can be no role (`can_be_role`)."""

    cell: str
    name: str
    code: str = ""
    marks: dict[int, str] = field(default_factory=dict)
    can_be_role: bool = True


@dataclass(frozen=True)
class Sheet:
    """`is_flat`: the rows have their keys and settings; `under`: else rows of the same book that have them.
    `edition`: the number of the one that opsdesk wrote the book from, 0 if none.

    `places` are the rows' lines in the sheet `title`, `columns` the columns by what of a row stands there (a
    mark: "marks.<role>"), both counted from 1."""

    rows: list[Row]
    problems: list[Problem] = field(default_factory=list)
    extra_columns: list[Extra] = field(default_factory=list)
    title: str = ""
    places: list[int] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    is_flat: bool = False
    under: list[Row] = field(default_factory=list)
    edition: int = 0

    @property
    def is_sound(self) -> bool:
        return not any(p.is_fatal for p in self.problems)

    def cell(self, at: int, aspect: str = "") -> str:
        """The address of what of the row at place `at`; of its No. where that is no cell of its own."""
        column = self.columns.get(aspect) or self.columns.get("number") or 1
        return address(self.title, self.places[at], column)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Sheet:
        problems = [Problem(**p) for p in value["problems"]]
        extra = [
            Extra(**{**e, "marks": {int(n): mark for n, mark in e["marks"].items()}})
            for e in value["extra_columns"]
        ]
        return cls(**{**value, "problems": problems, "extra_columns": extra})


def address(title: str, row: int, column: int) -> str:
    """作業分担表!C12; without a title, of a book of one sheet, C12."""
    from openpyxl.utils import get_column_letter  # many megabytes, for what is rare

    cell = f"{get_column_letter(column)}{row}"
    return f"{title}!{cell}" if title else cell
