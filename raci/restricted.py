"""Fields that only some roles see (`restricted_to`), of all issued editions; kept, as these never change."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from .models import DutyField


class Restriction(NamedTuple):
    """The field `key` of these duties (ids) is seen by `roles` (codes) only."""

    key: str
    roles: frozenset[str]
    duties: tuple[int, ...]


@lru_cache(maxsize=64)
def restrictions(editions: tuple[int, ...]) -> tuple[Restriction, ...]:
    """Of the issued `editions`, fields with the same key and roles together."""
    rows = DutyField.objects.filter(
        duty__edition__in=editions, parent=None, options__has_key="restricted_to"
    ).order_by("pk")
    found: dict[tuple[str, frozenset[str]], list[int]] = {}
    for duty, key, options in rows.values_list("duty_id", "key", "options"):
        found.setdefault((key, frozenset(options["restricted_to"])), []).append(duty)
    return tuple(Restriction(key, roles, tuple(duties)) for (key, roles), duties in found.items())


def forget() -> None:
    """Drop what is kept; tests that roll their database back call it."""
    restrictions.cache_clear()
