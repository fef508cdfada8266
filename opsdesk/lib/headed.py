"""Sheets as people fill them in: the row of heads is found by its words, cells are read by what they mean."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _

from .era import read_date
from .sheets import Sheet, Value, address

#: The heads stand in one of the first rows.
SEARCHED_ROWS = 20
YES = frozenset({"○", "〇", "◯", "●", "✓", "✔", "レ", "はい", "有", "あり", "1", "true", "yes", "y"})
NO = frozenset({"", "×", "✕", "-", "—", "いいえ", "無", "なし", "0", "false", "no", "n"})


@dataclass(frozen=True)
class Column:
    """A column by its head; `others` are the words that people write instead."""

    key: str
    head: str
    others: tuple[str, ...] = ()

    def fits(self, head: str) -> bool:
        return folded(head) in {folded(word) for word in (self.head, *self.others)}


@dataclass(frozen=True)
class Row:
    """One filled row: `cells` by column key, those with something in them; `columns`: where each stands."""

    sheet: str
    number: int
    cells: dict[str, Value]
    columns: dict[str, int] = field(repr=False)

    def where(self, key: str) -> str:
        """「所属」の B4."""
        column = self.columns.get(key)
        place = address(self.number, column) if column else _("%(row)s行目") % {"row": self.number}
        return _("「%(sheet)s」の %(place)s") % {"sheet": self.sheet, "place": place}

    def text(self, key: str) -> str:
        """The cell as text, as it stands; a whole number without its point."""
        return text_of(self.cells.get(key, ""))


def rows(sheet: Sheet, columns: Sequence[Column], needed: Sequence[str]) -> list[Row] | None:
    """The rows under the heads; None if no row holds the heads that are `needed`."""
    lines = sheet.rows()
    for number in sorted(lines)[:SEARCHED_ROWS]:
        found = _heads(lines[number], columns)
        if set(needed) <= set(found):
            return list(_under(sheet.title, lines, number, found))
    return None


def _heads(line: dict[int, Value], columns: Sequence[Column]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, value in sorted(line.items()):
        for column in columns:
            if column.key not in found and isinstance(value, str) and column.fits(value):
                found[column.key] = place
    return found


def _under(
    title: str, lines: dict[int, dict[int, Value]], head: int, columns: dict[str, int]
) -> Iterator[Row]:
    for number in sorted(lines):
        cells = {key: lines[number][place] for key, place in columns.items() if place in lines[number]}
        cells = {key: value for key, value in cells.items() if text_of(value).strip()}
        if number > head and cells:
            yield Row(title, number, cells, columns)


def folded(head: str) -> str:
    """A head as it is compared: without blanks, brackets and their text, in the usual width."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", head))
    return re.sub(r"[(（].*?[)）]", "", plain).lower()


def text_of(value: Value) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def day_of(value: Value) -> date:
    """A cell as a day: a date, or one as people write it. ValueError says in a sentence what is wrong."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return read_date(text_of(value))


def flag_of(value: Value) -> bool:
    """○ is true, an empty cell or × false. ValueError for anything else."""
    text = unicodedata.normalize("NFKC", text_of(value)).strip().lower()
    if text in YES or text == "◯":
        return True
    if text in NO:
        return False
    raise ValueError(_("「%(text)s」は読めません。○ か空欄にしてください。") % {"text": text[:20]})
