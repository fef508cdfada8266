"""The 障害報告書 as a workbook: one A4 page wide, text that stays text. Nothing is asked of the database."""

from __future__ import annotations

import io
import unicodedata
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from opsdesk.lib.bookwriting import ILLEGAL_CHARACTERS_RE, LONGEST_TEXT, escaped

from .models import IncidentReport
from .reportcontent import BY_KEY, rows_of, words

LINE = Side("thin")
THIN = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
GREY = PatternFill("solid", fgColor="F1F1F1")
#: Columns: what it is, and the words beside it; a line of the latter holds so many half-width characters.
WIDTHS, CHARACTERS, LINE_POINTS = (18, 70), 66, 15
#: Lines that a row may have, and characters of a line that fill them.
MOST_LINES, PIECE = 24, 700


def book_of(report: IncidentReport, number: str, *, own: set[int] | None) -> bytes:
    """`number` is the case's; `own`: see reportcontent.concerned_words."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = _("障害報告書")
    for letter, width in zip("AB", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    content = report.content
    _line(sheet, 1, words(BY_KEY["document_no"], content), "right")
    _line(sheet, 2, words(BY_KEY["reported_on"], content), "right")
    _line(sheet, 3, _("障害報告書"), "center", Font(bold=True, size=16))
    said = _("%(case)s 第%(n)s版 %(team)s") % {"case": number, "n": report.number, "team": report.team}
    _line(sheet, 4, said, "right")
    row = 5
    for _key, label, text in rows_of(content, own):
        for n, part in enumerate(_parts(text)):
            _row(sheet, row, "" if n else label, part)
            row += 1
    _page(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(sheet: Worksheet, row: int, column: int, text: str) -> Any:
    cell: Any = sheet.cell(row, column)
    cell.value = escaped(ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_TEXT])
    cell.data_type = "s"
    return cell


def _line(sheet: Worksheet, row: int, text: str, where: str, font: Font | None = None) -> None:
    cell = _put(sheet, row, 1, text)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=2)
    cell.alignment = Alignment(horizontal=where, vertical="center", wrap_text=True)
    if font is not None:
        cell.font = font
        sheet.row_dimensions[row].height = 30


def _row(sheet: Worksheet, row: int, label: str, text: str) -> None:
    head, body = _put(sheet, row, 1, label), _put(sheet, row, 2, text)
    head.font, head.fill = Font(bold=True), GREY
    for cell in (head, body):
        cell.border, cell.alignment = THIN, Alignment(vertical="top", wrap_text=True)
    sheet.row_dimensions[row].height = LINE_POINTS * _lines(text) + 4


def _parts(text: str) -> list[str]:
    """Text in rows that a sheet can show: no row of it is higher than 409 points."""
    found: list[str] = [""]
    for line in text.split("\n"):
        for piece in [line[n : n + PIECE] for n in range(0, len(line), PIECE)] or [""]:
            joined = f"{found[-1]}\n{piece}" if found[-1] else piece
            if _lines(joined) <= MOST_LINES:
                found[-1] = joined
            else:
                found.append(piece)
    return found


def _lines(text: str) -> int:
    """How many lines the words take in their column."""
    return sum(max(1, -(-_width(line) // CHARACTERS)) for line in text.split("\n"))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "FWA" else 1 for c in text)


def _page(sheet: Any) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "portrait", 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter.center.text = "&P / &N"
