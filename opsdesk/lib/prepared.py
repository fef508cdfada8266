"""Statements that come again are planned once: PostgreSQL plans a page's statement longer than it answers it.

psycopg prepares a statement when it comes again on a connection (`prepare_threshold` in the settings) and
lets go of the oldest; only a cursor that leaves the parameters to PostgreSQL does so, Django's does not.
Behind a pooler that gives each transaction another connection nothing is prepared (POOLED).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg.sql import Literal

PLACE = re.compile("%%|%s")


@contextmanager
def cursor() -> Iterator[Any]:
    """A cursor of Django's, counted and logged as such, whose statements may be prepared."""
    if connection.vendor != "postgresql":
        with connection.cursor() as plain:
            yield plain
        return
    connection.ensure_connection()
    raw = psycopg.Cursor(connection.connection)
    with connection._prepare_cursor(raw) as binding:  # type: ignore[attr-defined]
        yield binding


def settled(sql: str, params: Sequence[Any], free: Sequence[bool]) -> tuple[str, tuple[Any, ...]]:
    """The statement with its parameters written into it, but for those that are `free`; and the places left.

    A plan that is kept counts on what stands in the statement: so it finds a partial index by its condition.
    SQLite plans in no time and takes all its parameters."""
    if connection.vendor != "postgresql":
        return sql, tuple(params)
    connection.ensure_connection()
    given = iter(zip(params, free, strict=True))

    def put(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%%"
        value, is_free = next(given)
        return "%s" if is_free else Literal(value).as_string(connection.connection).replace("%", "%%")

    return PLACE.sub(put, sql), tuple(p for p, is_free in zip(params, free, strict=True) if is_free)
