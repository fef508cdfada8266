"""How a workbook is written: rows streamed into a write-only one; text never becomes a formula."""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

#: A sheet of more rows is cut here, and its last line says so.
MOST_ROWS = 100_000
LONGEST_TEXT = 32_767  # of one cell, by the format
NOT_PLAIN = re.compile(r"\r|_(?=x[0-9A-Fa-f]{4}_)")
BOLD, GREY = Font(bold=True), PatternFill("solid", fgColor="E9EEF4")


def text_cell(sheet: WriteOnlyWorksheet, value: str) -> Cell:
    """A cell that stays text, whatever it begins with."""
    cell: Cell = WriteOnlyCell(sheet)
    cell.value = escaped(ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT])
    cell.data_type = "s"
    return cell


def escaped(text: str) -> str:
    """`text` as the format keeps it: a bare carriage return would come back as a line feed."""
    return NOT_PLAIN.sub(lambda found: "_x000D_" if found[0] == "\r" else "_x005F_", text)


def to_cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    """What openpyxl may be given: instants as local time without zone, text safely, the rest as it is."""
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    if value is None or isinstance(value, int | float) or hasattr(value, "isoformat"):
        return value
    return text_cell(sheet, str(value))


def write(rows: Iterable[Sequence[Any]], title: str, above: Sequence[str]) -> IO[bytes]:
    """workbook.write."""
    book = Workbook(write_only=True)
    _fill(book, title, iter(rows), above)
    return _saved(book)


def write_book(sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]]) -> IO[bytes]:
    """workbook.write_book."""
    book = Workbook(write_only=True)
    for title, rows in sheets:
        _fill(book, title, iter(rows), ())
    return _saved(book)


def _fill(book: Workbook, title: str, rows: Iterator[Sequence[Any]], above: Sequence[str]) -> None:
    sheet = book.create_sheet(title=title[:31])
    head = [str(name) for name in next(rows)]
    for column, name in enumerate(head, 1):
        sheet.column_dimensions[get_column_letter(column)].width = max(10, min(44, 2 * len(name) + 6))
    sheet.freeze_panes = f"A{len(above) + 2}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{len(above) + 1}:{len(above) + 1}"
    for line in above:
        sheet.append([text_cell(sheet, line)])
    sheet.append([_styled(text_cell(sheet, name)) for name in head])
    for count, row in enumerate(rows):
        if count == MOST_ROWS:
            sheet.append([text_cell(sheet, too_many())])
            break
        sheet.append([to_cell(sheet, value) for value in row])


def _saved(book: Workbook) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    book.save(file)
    file.seek(0)
    return file


def too_many() -> str:
    return _(
        "%(most)s件を超えるため、ここまでを出力しました。条件を絞り込んで、もう一度出力してください。"
    ) % {"most": f"{MOST_ROWS:,}"}


def _styled(cell: Cell) -> Cell:
    cell.font, cell.fill, cell.alignment = BOLD, GREY, Alignment(vertical="center", wrap_text=True)
    return cell
