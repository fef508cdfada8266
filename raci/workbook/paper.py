"""The first sheet: the matrix as the source looks, to be read and printed on A3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Any
from unicodedata import east_asian_width

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from opsdesk.accounts.models import Organization, Role
from raci.content import Row, unsaved
from raci.matrix import Row as Line
from raci.matrix import grid, head_lines
from raci.models import Cycle, Mark

from .cells import FONT, escaped, put

TITLE, LEGEND, HEAD, SECOND, FIRST = 1, 2, 3, 4, 5  # rows; FIRST is the first duty's
BEFORE = ("No.", "大項目", "中項目", "作業内容", "周期")  # the source's own words
VENDORS, NOTE = "委託ベンダ", "備考"
LEGEND_WORDS = "(凡例 主担当:◎、支援担当:○、関連担当:△)"
WIDTHS = (5.5, 18, 22, 56, 7)  # of BEFORE, in digits
ROLE_WIDTH, NOTE_WIDTH = 9, 34
LINE, PAGE, A3 = 15, 760, 8  # points of a line of text, and of a page below its head; the paper's number

THIN = Side(style="thin", color="5B6673")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEAD_FILL, MAIN_FILL = PatternFill("solid", fgColor="E9EEF4"), PatternFill("solid", fgColor="E6E6E6")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
CHILD = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
TOP = Alignment(horizontal="left", vertical="top", wrap_text=True)


@dataclass(frozen=True)
class About:
    """Which edition it is: `edition` and `printed` are the words of the page's head and foot."""

    number: int
    title: str
    edition: str = ""
    printed: str = ""
    union: str = ""


def write(sheet: Worksheet, rows: Sequence[Row], roles: Sequence[Role], about: About) -> None:
    """Fill the sheet. `rows` are those of an edition, `roles` the columns in their order."""
    last = len(BEFORE) + len(roles) + 1
    _title(sheet, about, last)
    _heads(sheet, roles)
    at, used = FIRST, 0.0
    for group in _grid(rows, roles):
        height = sum(_line(sheet, at + n, line, len(group) - n) for n, line in enumerate(group))
        if used and used + height > PAGE:
            sheet.row_breaks.append(Break(at - 1))
            used = 0.0
        used += height
        at += len(group)
    for row in sheet.iter_rows(min_row=HEAD, max_row=max(at - 1, SECOND), max_col=last):
        for cell in row:
            cell.border = GRID
    _page(sheet, about, len(roles))


def _grid(rows: Sequence[Row], roles: Sequence[Role]) -> list[list[Line]]:
    duties = [unsaved(row) for row in rows]
    for duty, row in zip(duties, rows, strict=True):
        duty.pk = row["key"]
        duty.parent_id = row.get("parent")
    ids = {role.code: role.pk for role in roles}
    marks = {r["key"]: {ids[code]: mark for code, mark in r["marks"].items() if code in ids} for r in rows}
    return grid(duties, roles, marks) if duties else []


def _title(sheet: Worksheet, about: About, last: int) -> None:
    title = put(sheet, TITLE, 1, about.title)
    title.font, title.alignment = Font(name=FONT, size=16, bold=True), CENTRE
    sheet.merge_cells(start_row=TITLE, end_row=TITLE, start_column=1, end_column=last)
    put(sheet, LEGEND, 1, LEGEND_WORDS)
    put(sheet, LEGEND, last, about.edition).alignment = Alignment(horizontal="right")
    sheet.row_dimensions[TITLE].height = 28


def _heads(sheet: Worksheet, roles: Sequence[Role]) -> None:
    """Over two lines: the vendor's roles stand below 委託ベンダ."""
    for at, name in enumerate(BEFORE, 1):
        _head(sheet, name, at, rows=2)
    at = len(BEFORE) + 1
    for is_vendor, group in groupby(roles, lambda r: r.kind == Organization.Kind.VENDOR):
        names = ["\n".join(head_lines(role.name)) for role in group]
        if is_vendor:
            _head(sheet, VENDORS, at, columns=len(names))
        for n, name in enumerate(names):
            _head(sheet, name, at + n, row=SECOND if is_vendor else HEAD, rows=1 if is_vendor else 2)
        at += len(names)
    _head(sheet, NOTE, at, rows=2)
    sheet.row_dimensions[HEAD].height = 19
    sheet.row_dimensions[SECOND].height = 32


def _head(sheet: Worksheet, name: str, column: int, row: int = HEAD, rows: int = 1, columns: int = 1) -> None:
    cell = put(sheet, row, column, name)
    cell.font, cell.fill, cell.alignment = Font(name=FONT, bold=True), HEAD_FILL, CENTRE
    _merge(sheet, row, column, rows, columns)


def _merge(sheet: Worksheet, row: int, column: int, rows: int, columns: int = 1) -> None:
    if rows * columns > 1:
        sheet.merge_cells(
            start_row=row, end_row=row + rows - 1, start_column=column, end_column=column + columns - 1
        )


def _line(sheet: Worksheet, at: int, line: Line, below: int) -> float:
    """One duty; its height in points. A merged cell ends with its group, `below` rows further."""
    duty = line.duty
    put(sheet, at, 1, duty.number).alignment = CENTRE
    for column, cell in ((2, line.category), (3, line.section)):
        if cell is not None:
            put(sheet, at, column, "\n".join(cell.parts)).alignment = TOP
            _merge(sheet, at, column, min(cell.rows, below))
    work = put(sheet, at, 4, duty.work)
    work.font, work.alignment = Font(name=FONT, bold=duty.is_heading), CHILD if line.is_child else LEFT
    put(sheet, at, 5, str(Cycle(duty.cycle).label) if duty.cycle else "").alignment = CENTRE
    for column, (_role, mark) in enumerate(line.marks, len(BEFORE) + 1):
        if mark:
            _mark(put(sheet, at, column, Mark(mark).glyph), mark)
    put(sheet, at, len(BEFORE) + len(line.marks) + 1, duty.note).alignment = LEFT
    texts = ((duty.work, WIDTHS[3]), (duty.note, NOTE_WIDTH))
    height = max(19.0, LINE * max(_lines(text, width) for text, width in texts) + 4)
    sheet.row_dimensions[at].height = height
    return height


def _mark(cell: Any, mark: str) -> None:
    cell.alignment = CENTRE
    if mark == Mark.MAIN:
        cell.font, cell.fill = Font(name=FONT, bold=True), MAIN_FILL


def _lines(text: str, width: float) -> int:
    """How many lines `text` takes in a column of `width` digits."""
    return sum(max(1, ceil(_digits(part) / (width - 1))) for part in text.split("\n"))


def _digits(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in text)


def _page(sheet: Any, about: About, roles: int) -> None:
    for at, width in enumerate((*WIDTHS, *[ROLE_WIDTH] * roles, NOTE_WIDTH), 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = f"E{FIRST}"
    sheet.print_title_rows = f"{HEAD}:{SECOND}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A3
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom, margins.header, margins.footer = 0.65, 0.6, 0.3, 0.3
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = _safe(about.union), _safe(about.edition)
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = _safe(about.printed), "&P / &N"


def _safe(text: str) -> str | None:
    """An ampersand begins a code in the head of a page."""
    return escaped(text).replace("&", "＆") or None
