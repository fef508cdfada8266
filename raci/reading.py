"""Marks, cycles and numbers as people write them in a sheet. Pure."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from .models import Cycle, Mark
from .workbook.marks import bare, cycle_of, mark_of

#: Words for an empty cell, beside the strokes of the workbook.
NOTHING = ("空白", "なし")


def read_mark(text: str) -> str:
    """The code of a mark, "" for an empty cell; ValueError says in a sentence what is wrong."""
    plain = bare(text)
    if plain in NOTHING:
        return ""
    for mark in Mark:
        if plain == str(mark.label):
            return mark.value
    found = mark_of(text)
    if found is None:
        raise ValueError(_("「%(text)s」は ◎ ○ △ 空白 のどれでもありません。") % {"text": text.strip()[:20]})
    return found[0]


def read_cycle(text: str) -> str:
    """The code of a cycle, "" for an empty cell; ValueError says in a sentence what is wrong."""
    plain = bare(text)
    found = "" if plain in NOTHING else cycle_of(text)
    if found is not None:
        return found
    for code, label in Cycle.choices:
        if plain == str(label)[0]:
            return code
    words = "・".join(str(label) for label in Cycle.labels)
    raise ValueError(
        _("「%(text)s」は周期(%(words)s)ではありません。") % {"text": text.strip()[:20], "words": words}
    )


def read_number(text: str) -> int:
    """A No.; ValueError says in a sentence what is wrong."""
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("No.").strip()
    if plain.isascii() and plain.isdigit() and len(plain) <= 4 and int(plain):
        return int(plain)
    raise ValueError(_("No. は1から9999までの数字にしてください。"))
