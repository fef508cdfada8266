"""Two texts line by line, as rows of a table. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

#: Equal lines that are shown around a change.
AROUND = 3


@dataclass(frozen=True)
class DiffLine:
    """`kind` is same, chg, add, del or gap (equal lines that are not shown: `skipped` of them).

    Numbers count from 1; 0 where there is no such line."""

    kind: str
    old_number: int = 0
    old: str = ""
    new_number: int = 0
    new: str = ""
    skipped: int = 0


def compared(old: Sequence[str], new: Sequence[str]) -> list[DiffLine]:
    """Every change with the lines around it; [] if nothing differs."""
    blocks = SequenceMatcher(None, old, new).get_opcodes()
    if all(tag == "equal" for tag, *_places in blocks):
        return []
    found: list[DiffLine] = []
    for at, (tag, a1, a2, b1, b2) in enumerate(blocks):
        if tag == "equal":
            found += _equal(old, a1, a2, b1, is_first=at == 0, is_last=at == len(blocks) - 1)
        else:
            found += _changed(old, new, range(a1, a2), range(b1, b2))
    return found


def _equal(
    old: Sequence[str], a1: int, a2: int, b1: int, *, is_first: bool, is_last: bool
) -> Iterator[DiffLine]:
    head, tail = (0 if is_first else AROUND), (0 if is_last else AROUND)
    length = a2 - a1
    hidden = length - head - tail
    for n in range(length):
        if hidden > 1 and n == head:
            yield DiffLine("gap", skipped=hidden)
        if hidden <= 1 or n < head or n >= length - tail:
            yield DiffLine("same", a1 + n + 1, old[a1 + n], b1 + n + 1, old[a1 + n])


def _changed(old: Sequence[str], new: Sequence[str], left: range, right: range) -> Iterator[DiffLine]:
    for a, b in zip_longest(left, right):
        kind = "add" if a is None else "del" if b is None else "chg"
        yield DiffLine(
            kind,
            0 if a is None else a + 1,
            "" if a is None else old[a],
            0 if b is None else b + 1,
            "" if b is None else new[b],
        )
