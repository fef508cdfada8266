"""Two editions compared cell by cell. Pure: rows (raci.content) in, differences out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from .content import SETTINGS, Row
from .matrix import resolved

TEXTS = ("number", "category", "section", "work", "note", "cycle")


@dataclass(frozen=True)
class Difference:
    """One cell or setting that is not the same.

    `kind`: "added", "retired", "moved" or "changed"; `number` is the new No., of a retired row the old one.
    Of a change, `aspect` is one of TEXTS, "parent", a setting of Duty, "schedule", "mark" (`part`: the role's
    code), "field" (`part`: the field's key, "<lines>.<column>" of a column), "fields" (only their order),
    "signers", "followup" (`part`: the target's key) or "followups" (only their order); `before` and `after`
    are the values in the rows' form, None where there is none. Of a moved row they are the Nos. of the rows
    above it (None: the first row).
    """

    key: int
    number: int
    kind: str
    aspect: str = ""
    part: str = ""
    before: Any = None
    after: Any = None


def compare(old: Sequence[Row], new: Sequence[Row]) -> list[Difference]:
    """What turns `old` into `new`, in the order of the new rows, the retired ones last; [] if nothing does.

    Both in the canonical form. Category and section are compared as they read (blank: as above); where only
    the cells differ, as cells."""
    before, after = {r["key"]: r for r in old}, {r["key"]: r for r in new}
    names = dict(zip(before, _names(old), strict=True)), dict(zip(after, _names(new), strict=True))
    moved = _moved([k for k in before if k in after], [k for k in after if k in before])
    above = _above(old), _above(new)
    found: list[Difference] = []
    for key, row in after.items():
        if key not in before:
            found.append(Difference(key, row["number"], "added", after=row))
            continue
        if key in moved:
            was, now = above[0][key], above[1][key]
            found.append(Difference(key, row["number"], "moved", before=was, after=now))
        found += _changes(before[key], row, names[0][key], names[1][key])
    found += [Difference(k, r["number"], "retired", before=r) for k, r in before.items() if k not in after]
    return found


def _names(rows: Sequence[Row]) -> list[tuple[str, str]]:
    return resolved([SimpleNamespace(category=r["category"], section=r["section"]) for r in rows])


def _above(rows: Sequence[Row]) -> dict[int, int | None]:
    """The No. of the row above each, by key."""
    numbers = [None, *(r["number"] for r in rows)]
    return {row["key"]: number for row, number in zip(rows, numbers, strict=False)}


def _moved(old: Sequence[int], new: Sequence[int]) -> set[int]:
    """The fewest keys that must be moved to turn the order `old` into `new` (the same keys)."""
    place = {key: at for at, key in enumerate(old)}
    ends: list[int] = []  # of the increasing runs by length: their last places
    tails: list[int] = []  # and its key
    back: dict[int, int | None] = {}
    for key in new:
        at = bisect_left(ends, place[key])
        back[key] = tails[at - 1] if at else None
        ends[at:] = [place[key], *ends[at + 1 :]]
        tails[at:] = [key, *tails[at + 1 :]]
    kept, key_ = set(), tails[-1] if tails else None
    while key_ is not None:
        kept.add(key_)
        key_ = back[key_]
    return set(new) - kept


def _changes(
    old: Row, new: Row, old_names: tuple[str, str], new_names: tuple[str, str]
) -> Iterator[Difference]:
    def change(aspect: str, before: Any, after: Any, part: str = "") -> Difference:
        return Difference(new["key"], new["number"], "changed", aspect, part, before, after)

    read = {"category": (old_names[0], new_names[0]), "section": (old_names[1], new_names[1])}
    for aspect in TEXTS:
        as_read = read.get(aspect)
        if as_read and as_read[0] != as_read[1]:
            yield change(aspect, *as_read)
        elif old[aspect] != new[aspect]:
            yield change(aspect, old[aspect], new[aspect])
    for role in dict.fromkeys((*old["marks"], *new["marks"])):
        if old["marks"].get(role) != new["marks"].get(role):
            yield change("mark", old["marks"].get(role), new["marks"].get(role), role)
    for aspect in ("parent", *SETTINGS, "schedule", "signers"):
        if old.get(aspect) != new.get(aspect):
            yield change(aspect, old.get(aspect), new.get(aspect))
    for part, before, after in _parts(_fields(old), _fields(new)):
        yield change("field", before, after, part)
    if list(_fields(old)) != list(_fields(new)) and sorted(_fields(old)) == sorted(_fields(new)):
        yield change("fields", list(_fields(old)), list(_fields(new)))
    for part, before, after in _parts(_edges(old), _edges(new)):
        yield change("followup", before, after, part)
    if list(_edges(old)) != list(_edges(new)) and sorted(_edges(old)) == sorted(_edges(new)):
        yield change("followups", _targets(old), _targets(new))


def _fields(row: Row) -> dict[str, Row]:
    """Fields and columns by their keys, in order; lines stand without their columns."""
    found: dict[str, Row] = {}
    for field in row.get("fields", ()):
        found[field["key"]] = {n: v for n, v in field.items() if n != "columns"}
        found |= {f"{field['key']}.{column['key']}": column for column in field.get("columns", ())}
    return found


def _edges(row: Row) -> dict[str, Row]:
    """Follow-ups by target; one target may be reached in two ways."""
    found: dict[str, Row] = {}
    for edge in row.get("followups", ()):
        name = str(edge["target"])
        found[f"{name} {edge['kind']}" if name in found else name] = edge
    return found


def _targets(row: Row) -> list[int]:
    return [edge["target"] for edge in row.get("followups", ())]


def _parts(old: Mapping[str, Row], new: Mapping[str, Row]) -> Iterable[tuple[str, Row | None, Row | None]]:
    for part in dict.fromkeys((*old, *new)):
        if old.get(part) != new.get(part):
            yield part, old.get(part), new.get(part)
