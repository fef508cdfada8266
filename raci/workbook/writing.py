"""The whole workbook: the sheet to read, the flat one, and a hidden one that says what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from opsdesk.accounts.models import Organization, Role, User
from opsdesk.lib.era import era_date
from opsdesk.lib.sheets import Sheet
from opsdesk.lib.templatetags.dates import era_dt
from raci.content import Row, rows_of
from raci.models import Edition

from . import bare, flat, paper
from .cells import FONT, put, raw
from .layout import ABOUT_NAME, FLAT_NAME, FORMAT, PAPER_NAME, ROLE
from .likeness import digest, whole_digest
from .paper import About


def export(edition: Edition, *, by: User, at: datetime) -> bytes:
    """The workbook of an edition, as `by` asked for it at `at`; eight statements."""
    return write(rows_of(edition), list(Role.objects.all()), _about(edition, by, at))


def write(rows: Sequence[Row], roles: Sequence[Role], about: About) -> bytes:
    """The workbook of any rows (canonical). Pure."""
    book = Workbook()
    book._named_styles["Normal"].font = Font(name=FONT, size=11)  # type: ignore[attr-defined]
    first: Any = book.active
    first.title = PAPER_NAME
    paper.write(first, rows, roles, about)
    flat.write(book.create_sheet(FLAT_NAME), rows, {role.code: role.name for role in roles})
    hidden = book.create_sheet(ABOUT_NAME)
    hidden.sheet_state = "hidden"
    names = {role.code: role.name for role in roles}
    said: dict[str, str | int] = {
        "format": FORMAT,
        "edition": about.number,
        "title": about.title,
        "paper": _paper_digest(first, names),
        "flat": whole_digest(rows),
        **{f"{ROLE}{code}": name for code, name in names.items()},
    }
    for n, (name, value) in enumerate(said.items(), 1):
        put(hidden, n, 1, name)
        put(hidden, n, 2, value)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _paper_digest(sheet: Worksheet, roles: Mapping[str, str]) -> str:
    """Of the sheet to read as an import will read it; "" where it could not (two roles of one name)."""
    cells = Sheet(sheet.title)
    for row in sheet.iter_rows():
        cells.cells |= {(c.row, c.column): raw(c.value) for c in row if c.value not in (None, "")}
    cells.merged = [(m.min_row, m.min_col, m.max_row, m.max_col) for m in sheet.merged_cells.ranges]
    read = bare.read(cells, roles)
    return digest(read.rows) if read and read.is_sound else ""


def _about(edition: Edition, by: User, at: datetime) -> About:
    words = str(edition)
    if edition.in_force_on:
        words = _("%(edition)s（%(day)s 施行）") % {"edition": edition, "day": era_date(edition.in_force_on)}
    elif edition.is_draft:
        words = _("%(edition)s（改定案）") % {"edition": edition}
    union = Organization.objects.filter(kind=Organization.Kind.UNION).values_list("name", flat=True).first()
    printed = _("出力 %(at)s %(name)s") % {"at": era_dt(at), "name": by.name}
    return About(edition.number, edition.title, words, printed, union or "")
