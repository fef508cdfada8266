"""A workbook becomes a Sheet: which of its sheets counts. Pure: cells in, rows and problems out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from opsdesk.lib.refusal import Refusal
from opsdesk.lib.sheets import Workbook
from raci.shapes import NEVER

from . import bare, records
from .layout import ABOUT_NAME, FORMAT, ROLE
from .likeness import digest, shown, whole_digest
from .marks import number_of
from .sheet import Problem, Sheet, address


def read(book: Workbook, roles: Mapping[str, str]) -> Sheet:
    """The rows of a book that opsdesk wrote, or of the sheet as a customer has it.

    `roles`: names by code. Raises Refusal if there is no matrix in it, or a newer opsdesk wrote it."""
    _refuse_what_no_database_keeps(book)
    about = _about(book)
    flat = next((s for s in book.sheets.values() if records.is_flat(s)), None)
    others = [s for s in book.sheets.values() if s is not flat and s.title != ABOUT_NAME]
    many = len(others) + bool(flat) > 1
    if flat is None:
        return _one([sheet for s in others if (sheet := bare.read(s, roles, s.title if many else ""))])
    # The names that the roles had when it was written: a later one is no change of the sheet.
    named = {code: about.get(f"{ROLE}{code}", name) for code, name in roles.items()}
    papers = [sheet for s in others if (sheet := bare.read(s, named, s.title))]
    whole = records.read(flat, roles, flat.title if many else "")
    found = _either(whole, papers[0] if len(papers) == 1 else None, about)
    return replace(found, edition=number_of(about.get("edition")) or 0)


def _refuse_what_no_database_keeps(book: Workbook) -> None:
    """An escape of the format may stand for half a character, or for none."""
    for sheet in book.sheets.values():
        for (row, column), value in sheet.cells.items():
            if isinstance(value, str) and NEVER.search(value):
                words = _("%(cell)s に、扱えない制御文字があります。入力し直してください。")
                raise Refusal(words % {"cell": address(sheet.title, row, column)})


def _about(book: Workbook) -> dict[str, str]:
    """What the hidden sheet says."""
    hidden = book.sheets.get(ABOUT_NAME)
    cells = hidden.cells if hidden else {}
    said = {str(v): str(cells.get((row, 2), "")) for (row, column), v in cells.items() if column == 1}
    if (number_of(said.get("format")) or FORMAT) > FORMAT:
        raise Refusal(_("新しい版の opsdesk が書いたブックなので、読めません。"))
    return said


def _one(found: list[Sheet]) -> Sheet:
    if not found:
        raise Refusal(
            _(
                "分担表が見つかりません。No.・大項目・中項目・作業内容・周期と役割の見出しがある表を、"
                "シートの上から15行までに置いてください。"
            )
        )
    if len(found) > 1:
        titles = "、".join(f"「{sheet.title}」" for sheet in found)
        raise Refusal(
            _("分担表のシートが二つ以上あります(%(titles)s)。一つだけにしてください。") % {"titles": titles}
        )
    return found[0]


def _either(flat: Sheet, paper: Sheet | None, about: Mapping[str, str]) -> Sheet:
    """The sheet on which a person worked: both say the same when opsdesk writes them."""
    if paper is None or not about.get("paper"):
        return flat
    is_paper_same = paper.is_sound and digest(paper.rows) == about["paper"]
    is_flat_same = flat.is_sound and whole_digest(flat.rows) == about.get("flat")
    if is_paper_same or (paper.is_sound and flat.is_sound and shown(paper.rows) == shown(flat.rows)):
        return flat
    if is_flat_same:
        words = _(
            "「%(paper)s」だけが直されているので、そちらを読みました。設定は「%(flat)s」から引き継ぎます。"
        )
        note = Problem(f"{paper.title}!A1", words % {"paper": paper.title, "flat": flat.title})
        return replace(paper, problems=[note, *paper.problems], under=flat.rows)
    words = _(
        "「%(paper)s」と「%(flat)s」の両方が直され、内容が食い違っています。直さない方のシートを削除してください。"
    )
    note = Problem(f"{paper.title}!A1", words % {"paper": paper.title, "flat": flat.title}, is_fatal=True)
    return replace(flat, problems=[note, *flat.problems])
