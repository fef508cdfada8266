"""Lists that are asked again and again: their filter is read and their statement written once a minute.

Reading a filter and writing the SQL of a list takes a process longer than PostgreSQL takes to answer it.
"""

from __future__ import annotations

from collections.abc import Hashable
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from .keyset import Plan
from .request import Request

if TYPE_CHECKING:
    from .filters import ListFilter

KEEP = 60.0  # seconds, as the choices of the filters
MOST = 256
Key = tuple[Hashable, ...]


class Kept(NamedTuple):
    """What a list says besides its rows, and how these are asked; `until` on the monotonic clock."""

    form: SafeString
    words: str
    order_by: tuple[str, ...]
    plan: Plan
    until: float


_kept: dict[Key, Kept] = {}


def key_of(request: Request, filterset: type[ListFilter], table: type, seen_by: Hashable) -> Key | None:
    """What decides form and statement of a page; None where other things do, too.

    `seen_by`: what decides which rows there are for the person; None keeps nothing."""
    query = request.GET
    if seen_by is None or request.htmx or "export" in query or not filterset.keeps(query):
        return None
    asked = tuple((name, tuple(query.getlist(name))) for name in sorted(query))
    return (
        filterset.__qualname__,
        table.__qualname__,
        request.path,
        seen_by,
        request.today,
        get_language(),
        *asked,
    )


def find(key: Key | None) -> Kept | None:
    kept = _kept.get(key) if key else None
    return kept if kept and monotonic() < kept.until else None


def keep(key: Key, form: SafeString, words: str, order_by: tuple[str, ...], plan: Plan) -> None:
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[key] = Kept(form, words, order_by, plan, monotonic() + KEEP)


def forget() -> None:
    """Ask anew; tests that roll their database back call it."""
    _kept.clear()
