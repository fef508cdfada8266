"""The rows of a bare sheet found again in an edition, each at most once. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import deepcopy
from difflib import SequenceMatcher
from typing import Any

from raci.content import Row

from .likeness import groups, squeezed

#: Two works of the same No. that are at least so alike are the same row, reworded.
ALIKE = 0.6
LONGEST = 400  # characters that are worth comparing
#: Rounds in which cells that read "as above" are put right; a sheet that needs more keeps its own.
ROUNDS = 60


def match(rows: Sequence[Mapping[str, Any]], base: Sequence[Row]) -> dict[int, Row]:
    """The row of `base` by the place of each of `rows`: by No. and work, by work (in its group first), and
    by No. where the work is only reworded."""
    names, base_names = groups(rows), groups(base)
    left, found = dict(enumerate(base)), {}

    def by(likeness: Callable[[Mapping[str, Any], tuple[str, str]], Hashable]) -> None:
        there: dict[Hashable, list[int]] = {}
        for at, row in left.items():
            there.setdefault(likeness(row, base_names[at]), []).append(at)
        for place, wanted in enumerate(rows):
            if place not in found and (same := there.get(likeness(wanted, names[place]))):
                found[place] = left.pop(same.pop(0))

    by(lambda row, _name: (row["number"], row["work"]))
    by(lambda row, _name: (row["number"], squeezed(row["work"])))
    by(lambda row, name: (squeezed(row["work"]), name))
    by(lambda row, _name: squeezed(row["work"]))
    numbers = {row["number"]: at for at, row in left.items()}
    for place, wanted in enumerate(rows):
        at = numbers.get(wanted["number"])
        if place not in found and at in left and _are_alike(wanted["work"], left[at]["work"]):
            found[place] = left.pop(at)
    return found


def _are_alike(one: str, other: str) -> bool:
    if max(len(one), len(other)) > LONGEST:
        return False
    return SequenceMatcher(None, squeezed(one), squeezed(other), autojunk=False).ratio() >= ALIKE


def kept_groups(
    rows: Sequence[Mapping[str, Any]], found: Mapping[int, Row], base: Sequence[Row]
) -> list[tuple[str, str]]:
    """Category and section cells for `rows`: those of the matched row where both read the same, so that a
    merged cell, a repeated one and a blank one make no difference."""
    wanted = groups(rows)
    read = {id(row): name for row, name in zip(base, groups(base), strict=True)}
    cells = [{"category": row["category"], "section": row["section"]} for row in rows]
    for place, old in found.items():
        if read[id(old)] == wanted[place]:
            cells[place] = {"category": old["category"], "section": old["section"]}
    for _round in range(ROUNDS):
        got = groups(cells)
        wrong = next((n for n, name in enumerate(got) if name != wanted[n]), None)
        if wrong is None:
            return [(c["category"], c["section"]) for c in cells]
        category, section = wanted[wrong]
        begins = got[wrong][0] != category
        cells[wrong] = {"category": category if begins else "", "section": section}
    return [(row["category"], row["section"]) for row in rows]


def settled(row: Mapping[str, Any], old: Row) -> Row:
    """The matched row: what the sheet says, with the settings it had."""
    texts = {name: row[name] for name in ("number", "work", "note", "cycle") if name in row}
    return {**deepcopy(old), **texts, "marks": dict(row["marks"])}
