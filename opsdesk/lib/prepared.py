"""Statements that come again are planned once: PostgreSQL plans a page's statement longer than it answers it.

psycopg prepares a statement when it comes again on a connection (`prepare_threshold` in the settings) and
lets go of the oldest; only a cursor that leaves the parameters to PostgreSQL does so, Django's does not.
Behind a pooler that gives each transaction another connection nothing is prepared (POOLED).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from psycopg.sql import Literal

PLACE = re.compile("%%|%s")


#: After so long without a word the server may have been restarted: it is asked whether it is there.
IDLE = 1.0  # seconds
_used: WeakKeyDictionary[Any, float] = WeakKeyDictionary()


class Cursor(psycopg.RawCursor[Any]):
    """psycopg's for $1, $2, …; what was sent is kept of a prepared statement too: Django's log reads it."""

    database: Any

    def execute(self, *args: Any, **kwargs: Any) -> Cursor:
        super().execute(*args, **kwargs)
        self.database.health_check_done = True  # it has answered: Django need not ask whether it would
        _used[self.connection] = monotonic()
        return self

    def _send_query_prepared(self, name: bytes, pgq: Any, *, binary: bool | None = None) -> None:
        super()._send_query_prepared(name, pgq, binary=binary)
        self._query = pgq


def cursor() -> Any:
    """A cursor of Django's, counted and logged as such, whose statements may be prepared."""
    database: Any = connections[DEFAULT_DB_ALIAS]  # each look at `connection` asks for it anew
    if database.vendor != "postgresql":
        return database.cursor()
    if database.connection is None:
        database.ensure_connection()
    elif not database.health_check_done and monotonic() - _used.get(database.connection, 0.0) > IDLE:
        database.close_if_health_check_failed()
        database.ensure_connection()
    raw = Cursor(database.connection)
    raw.database = database
    return database._prepare_cursor(raw)


def run(sql: str, *params: Any) -> list[Any]:
    """The rows of a statement written by hand, with %s for its parameters, if it gives any."""
    with cursor() as cursor_:
        cursor_.execute(_by_hand(sql), params)
        return cursor_.fetchall() if cursor_.description else []


@lru_cache(64)
def _by_hand(sql: str) -> str:
    places = sql.count("%s")
    return settled(sql, [None] * places, [True] * places)[0]


def settled(sql: str, params: Sequence[Any], free: Sequence[bool]) -> tuple[str, tuple[Any, ...]]:
    """The statement as `cursor` takes it, the parameters that are not `free` written into it; and the others.

    A plan that is kept counts on what stands in the statement: so it finds a partial index by its condition.
    SQLite plans in no time and takes all its parameters."""
    if connection.vendor != "postgresql":
        return sql, tuple(params)
    connection.ensure_connection()
    given, left = iter(zip(params, free, strict=True)), []

    def put(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%"
        value, is_free = next(given)
        if not is_free:
            return Literal(value).as_string(connection.connection)
        left.append(value)
        return f"${len(left)}"

    return PLACE.sub(put, sql), tuple(left)
