"""Marks, cycles and numbers as people type them. Only these are read tolerantly; texts never are."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from raci.models import Cycle, Mark

#: Glyphs of each mark: the sheet's own first, then what keyboards, fonts and other programs put in its place.
GLYPHS = {
    Mark.MAIN: "◎⊚◉⦾⊙⌾",
    Mark.SUPPORT: "○◯〇⭕⚪⚬oOоОοΟ",
    Mark.RELATED: "△▵∆ΔΛ",
}
#: Filled ones: some sheets mean by them more than by the open ones, so the reader is told.
DOUBTFUL = {"●": Mark.SUPPORT, "⬤": Mark.SUPPORT, "▲": Mark.RELATED, "▴": Mark.RELATED}
#: Strokes that stand for nothing.
NOTHING = "-‐‑‒–—―ー－ｰ・/／"
CYCLES = {
    Cycle.DAILY: ("日次", "毎日", "日々"),
    Cycle.MONTHLY: ("月次", "毎月"),
    Cycle.YEARLY: ("年次", "毎年", "年1回"),
    Cycle.ON_DEMAND: ("随時", "都度"),
    Cycle.AS_NEEDED: ("適宜",),
}
_MARKS = {glyph: mark.value for mark, glyphs in GLYPHS.items() for glyph in glyphs}
_CYCLES = {word: cycle.value for cycle, words in CYCLES.items() for word in words}
_VARIANTS = str.maketrans("", "", "\ufe0e\ufe0f\u200b\ufeff")
_NUMBER = re.compile(r"(?:no\.?|№)?(\d{1,9})\.?", re.IGNORECASE)


def bare(value: Any) -> str:
    """The text of a cell without spaces of any width, line ends and invisible characters."""
    return "" if value is None else "".join(str(value).translate(_VARIANTS).split())


def mark_of(value: Any) -> tuple[str, bool] | None:
    """(mark or "", whether that is doubtful) of a cell; None if it is no mark."""
    text = bare(value)
    if not text or text in NOTHING:
        return "", False
    if text in DOUBTFUL:
        return DOUBTFUL[text].value, True
    folded = text if text in _MARKS else unicodedata.normalize("NFKC", text)
    return (_MARKS[folded], False) if folded in _MARKS else None


def cycle_of(value: Any) -> str | None:
    """The cycle of a cell, "" of an empty one; None if it is none."""
    text = unicodedata.normalize("NFKC", bare(value))
    if not text or text in NOTHING:
        return ""
    return text if text in Cycle.values else _CYCLES.get(text)


def number_of(value: Any) -> int | None:
    """The No. of a cell: a number, or text in digits of any width; None if it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if value == int(value) and 0 < value < 10**9 else None
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", bare(value)))
    return int(found[1]) if found else None
