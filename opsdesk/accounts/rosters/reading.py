"""A workbook as the lines of a roster: every cell read, and what can't be read named by its cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from opsdesk.lib import headed, sheets
from opsdesk.lib.refusal import Refusal

from .shape import SHAPE, SHAPES, Names, Shape, checked, plain
from .state import Key, Roster, called, identity

MOST_ROWS, MOST_COLUMNS = 3000, 60


@dataclass
class Line:
    """One row of a sheet: `values` of the columns that the sheet has, `problems` by column ("": the row)."""

    sheet: str
    number: int
    values: dict[str, str]
    problems: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)  # 「所属」の B4, by column

    @property
    def shape(self) -> Shape:
        return SHAPE[self.sheet]

    @property
    def key(self) -> Key:
        return identity(self.shape, self.values)

    def blame(self, column: str, sentence: str) -> None:
        self.problems.setdefault(column, str(sentence))

    def place(self, column: str) -> str:
        return self.places.get(column) or _("「%(sheet)s」の %(row)s行目") % {
            "sheet": self.shape.title,
            "row": self.number,
        }


def read(content: bytes, roster: Roster) -> list[Line]:
    """The lines of a workbook, sheet by sheet; raises Refusal if it holds no sheet of a roster."""
    book = sheets.read(content, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)
    found = {headed.folded(title): sheet for title, sheet in book.sheets.items()}
    tables = [(shape, found[shape.title]) for shape in SHAPES if shape.title in found]
    if not tables:
        titles = "・".join(shape.title for shape in SHAPES)
        raise Refusal(_("シートがありません。シートの名前は %(titles)s です。") % {"titles": titles})
    names = roster.names
    lines: list[Line] = []
    for shape, sheet in tables:
        made = list(_lines(shape, sheet, names))
        if shape.code == "organizations":
            there = roster.rows["organizations"].values()
            names = Names(
                names.roles, called([*there, *(x.values for x in made if x.key not in _keys(roster))])
            )
        lines += made
    if not lines:
        raise Refusal(_("見出しの下に行がありません。"))
    return lines


def _keys(roster: Roster) -> set[Key]:
    return set(roster.rows["organizations"])


def _lines(shape: Shape, sheet: sheets.Sheet, names: Names) -> Iterator[Line]:
    rows = headed.rows(sheet, shape.columns, shape.identity)
    if rows is None:
        if not sheet.cells:
            return
        heads = "・".join(shape.cell(key).head for key in shape.identity)
        raise Refusal(
            _("シート「%(title)s」に見出し %(heads)s がありません。") % {"title": shape.title, "heads": heads}
        )
    for row in rows:
        yield _line(shape, row, names)


def _line(shape: Shape, row: headed.Row, names: Names) -> Line:
    line = Line(shape.code, row.number, {}, places={c.key: row.where(c.key) for c in shape.cells})
    for cell in shape.cells:
        if cell.key not in row.columns:
            continue
        try:
            line.values[cell.key] = plain(cell, row.cells[cell.key], names) if cell.key in row.cells else ""
            checked(shape, cell.key, line.values[cell.key])
        except ValueError as wrong:
            line.values.setdefault(cell.key, row.text(cell.key))
            line.blame(cell.key, str(wrong))
    return line
