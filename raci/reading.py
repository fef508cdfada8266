"""Marks, cycles and numbers as people write them in a sheet. Pure."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from .models import Cycle, Mark

#: Look-alikes: circles and triangles of fonts, keyboards and other systems.
MARKS = {
    Mark.MAIN.value: "◎⦾⊚⊙◉",
    Mark.SUPPORT.value: "○◯〇⚪⭕ＯO",
    Mark.RELATED.value: "△▵∆Δ▲",
}
NOTHING = ("", "-", "ー", "―", "—", "–", "‐", "−", "空白", "なし")


def read_mark(text: str) -> str:
    """The code of a mark, "" for an empty cell; ValueError says in a sentence what is wrong."""
    plain = "".join(text.split()).replace("\ufe0f", "")
    if plain in NOTHING:
        return ""
    for code, signs in MARKS.items():
        if plain in (*signs, str(Mark(code).label)):
            return code
    raise ValueError(_("「%(text)s」は ◎ ○ △ 空白 のどれでもありません。") % {"text": text.strip()[:20]})


def read_cycle(text: str) -> str:
    """The code of a cycle, "" for an empty cell; ValueError says in a sentence what is wrong."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if plain in NOTHING:
        return ""
    for code, label in Cycle.choices:
        if plain in (str(label), str(label)[0]):
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
