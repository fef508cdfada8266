"""The rows of an edition, kept while they can't change, and what an edition changes against its base."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .comparison import Difference, compare
from .content import Row, rows_of, rows_of_many
from .models import Edition

#: Rows by edition and version: a published edition never changes, and a draft's version rises.
_kept: dict[tuple[int, int], list[Row]] = {}
MOST_KEPT = 64


def kept_rows(edition: Edition) -> list[Row]:
    """The rows of `edition`; read once a process and version. Not to be changed."""
    key = (edition.pk, edition.version)
    if key not in _kept:
        _keep(key, rows_of(edition))
    return _kept[key]


def read_ahead(editions: Iterable[Edition]) -> None:
    """Read the rows of those that are not kept yet, in as many statements as for one."""
    missing = [e for e in editions if (e.pk, e.version) not in _kept][:MOST_KEPT]
    for edition, rows in rows_of_many(missing).items():
        _keep((edition.pk, edition.version), rows)


def _keep(key: tuple[int, int], rows: list[Row]) -> None:
    while len(_kept) >= MOST_KEPT:
        _kept.pop(next(iter(_kept)))
    _kept[key] = rows


def base_rows(edition: Edition) -> Sequence[Row]:
    """The rows of the edition from which `edition` was made; none of the first one."""
    return kept_rows(edition.based_on) if edition.based_on else []


def changes(edition: Edition) -> list[Difference]:
    """What `edition` changes against its base."""
    return compare(base_rows(edition), kept_rows(edition))


def forget() -> None:
    """Drop what is kept; tests that roll their database back call it."""
    _kept.clear()
