"""The merged cells of the sheet when rows move: which raw cells read as given groups. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace

from .matrix import resolved

#: 大項目 and 中項目: of a raw cell (blank: as above), or in full.
Names = tuple[str, str]


def names_of(cells: Sequence[Names]) -> list[Names]:
    """Category and section of each row in full."""
    return resolved([SimpleNamespace(category=category, section=section) for category, section in cells])


def regrouped(cells: Sequence[Names], names: Sequence[Names]) -> list[Names]:
    """Raw cells that read as `names`; those of a group that does already stay as they are, verbatim.

    So when the first row of a merged cell goes, the next one inherits its text."""
    found: list[Names] = []
    for start, end in _runs([category for category, _ in names]):
        own, wanted = list(cells[start:end]), list(names[start:end])
        found += own if names_of(own) == wanted else _rewritten(own, wanted)
    return found


def _rewritten(cells: Sequence[Names], names: Sequence[Names]) -> list[Names]:
    """Of one category: its text in the first row, and sections that read as wanted."""
    sections: list[str] = []
    for start, end in _runs([section for _, section in names]):
        wanted = names[start][1]
        own = [("", section if section in wanted else "") for _, section in cells[start:end]]
        reads = all(section == wanted for _, section in names_of(own))  # also where it is broken over rows
        sections += [s for _, s in own] if reads else [wanted, *[""] * (end - start - 1)]
    return [(names[0][0] if at == 0 else "", section) for at, section in enumerate(sections)]


def _runs(values: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where equal neighbours begin and end."""
    start = 0
    for at in range(1, len(values) + 1):
        if at == len(values) or values[at] != values[start]:
            yield start, at
            start = at
