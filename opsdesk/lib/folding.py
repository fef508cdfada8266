"""Text as it is searched: width, case, kana and hyphens folded; where in the original a hit stands. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

#: What belongs to the character before it: accents, (half-width) voiced marks, variation selectors.
_MARKS = "\u0300-\u036f\u3099-\u309c\uff9e\uff9f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_CLUSTER = re.compile(f".[{_MARKS}]*", re.DOTALL)
#: Voiced marks that stand alone (か゛) join as their half-width kin do; a variant of a glyph is its kanji.
_BEFORE: dict[int, int | str] = {
    0x309B: 0x3099,
    0x309C: 0x309A,
    **dict.fromkeys((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)), ""),
}
_AFTER: dict[int, int | str] = {
    **{katakana: katakana - 0x60 for katakana in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)},
    **dict.fromkeys(map(ord, "‐‑‒–—―−ー"), "-"),
    ord("〜"): "~",
}
#: How far into a text an excerpt is looked for, and how much of it stands before the first hit.
LOOK, BEFORE = 20_000, 24


def fold(text: str) -> str:
    """`text` for comparing: ＡＢＣ = abc, ﾊﾞｯｸ = バック = ばっく, ー = －; a blank for each kind of space."""
    return "".join([_folded(cluster) for cluster in _CLUSTER.findall(text)])


@lru_cache(maxsize=8192)
def _folded(cluster: str) -> str:
    if cluster.isspace():
        return " "
    plain = unicodedata.normalize("NFKC", cluster.translate(_BEFORE)).casefold()
    plain = unicodedata.normalize("NFKC", plain).translate(_AFTER)
    # what nobody sees (zero width, direction) or no database takes (half a surrogate pair) is not searched
    return "".join(c for c in plain if unicodedata.category(c) not in ("Cf", "Cs", "Cc"))


def excerpt(text: str, words: Sequence[str], width: int = 120) -> list[tuple[str, bool]]:
    """A part of `text` around its first hit, in pieces: (as it was written, whether it is a hit).

    `words` are folded. Without a hit it is the beginning; "…" says that something is left out."""
    text, is_cut = text[:LOOK], len(text) > LOOK
    hits = _hits(text, words)
    start = max(0, hits[0][0] - BEFORE) if hits else 0
    end = max(start + width, hits[0][1] if hits else 0)
    found = [("…", False)] if start else []
    for first, last in hits:
        if first >= end:
            break
        found += [(text[start:first], False), (text[first : min(last, end)], True)]
        start = min(last, end)
    found += [(text[start:end], False), ("…" if is_cut or end < len(text) else "", False)]
    return [piece for piece in found if piece[0]]


def _hits(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """(first, past the last) of every hit in `text`, in order; those that touch are one."""
    folded, at = _traced(text)
    spans = sorted(
        (at[m.start()], at[m.end() - 1] + _length(text, at[m.end() - 1]))
        for word in words
        if word
        for m in re.finditer(re.escape(word), folded)
    )
    found: list[tuple[int, int]] = []
    for first, last in spans:
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _traced(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters where in `text` it comes from."""
    parts, at = [], []
    for match in _CLUSTER.finditer(text):
        part = _folded(match[0])
        parts.append(part)
        at += [match.start()] * len(part)
    return "".join(parts), at


def _length(text: str, at: int) -> int:
    match = _CLUSTER.match(text, at)
    return len(match[0]) if match else 0
