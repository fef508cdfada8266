"""Rows of scheduled tasks, many in one statement: only keys travel, the database does the rest. Both databases."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

#: Generators take turns on PostgreSQL; on SQLite every writer does.
LOCK = 724001
SOURCE = {
    "postgresql": """SELECT (value->>0)::bigint AS organization_id, (value->>1)::bigint AS key,
        (value->>2)::bigint AS duty_id, value->>3 AS period, (value->>4)::date AS period_on,
        (value->>5)::date AS opens_on, (value->>6)::date AS due_on, (value->>7)::timestamptz AS due_at
        FROM json_array_elements(%s::json) AS j(value)""",
    "sqlite": """SELECT value->>0 AS organization_id, value->>1 AS key, value->>2 AS duty_id, value->>3 AS period,
        value->>4 AS period_on, value->>5 AS opens_on, value->>6 AS due_on, value->>7 AS due_at
        FROM json_each(%s) AS j""",
}
MISSING = """WHERE NOT EXISTS (SELECT 1 FROM tasks_task t WHERE t.key = k.key AND t.period = k.period
    AND t.organization_id = k.organization_id AND t.serial = 0)"""
COUNT = "SELECT k.duty_id, count(*) FROM ({source}) k {missing} GROUP BY k.duty_id"
INSERT = """INSERT INTO tasks_task
    (organization_id, key, duty_id, period, period_on, opens_on, due_on, due_at, is_caught_up, created_at)
    SELECT k.organization_id, k.key, k.duty_id, k.period, k.period_on, k.opens_on, k.due_on, k.due_at,
        k.opens_on < %s, %s FROM ({source}) k {missing}
    ORDER BY k.organization_id, k.key, k.period
    ON CONFLICT (key, period, organization_id, serial) DO NOTHING
    RETURNING id, organization_id, duty_id, is_caught_up"""


class Key(NamedTuple):
    """What a scheduled task is made of; sorts by what makes it unique, in one order for all generators."""

    organization_id: int
    key: int
    duty_id: int
    period: str
    period_on: date
    opens_on: date
    due_on: date
    due_at: datetime


class Made(NamedTuple):
    id: int
    organization_id: int
    duty_id: int
    is_caught_up: bool


def missing(keys: Sequence[Key], chunk: int = 20_000) -> Counter[int]:
    """How many of `keys` have no task, by duty."""
    found: Counter[int] = Counter()
    with connection.cursor() as cursor:
        for start in range(0, len(keys), chunk):
            cursor.execute(_sql(COUNT), [_packed(keys[start : start + chunk])])
            found.update(dict(cursor.fetchall()))
    return found


def insert(keys: Sequence[Key], *, at: datetime) -> list[Made]:
    """Insert those of the sorted `keys` that have no task; what opened before the day of `at` is 遡及. In a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("rows.insert needs a transaction")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        day = timezone.localdate(at).isoformat()
        cursor.execute(_sql(INSERT), [day, _instant(at), _packed(keys)])
        return [Made(*row) for row in cursor.fetchall()]


def _sql(statement: str) -> str:
    return statement.format(source=SOURCE[connection.vendor], missing=MISSING)


def _packed(keys: Sequence[Key]) -> str:
    day, instant = lru_cache(date.isoformat), lru_cache(_instant)
    return json.dumps([(*k[:4], day(k[4]), day(k[5]), day(k[6]), instant(k[7])) for k in keys])


def _instant(at: datetime) -> str:
    """As the database writes an instant: SQLite in UTC without saying so."""
    at = at.astimezone(UTC)
    return str(at if connection.vendor == "postgresql" else at.replace(tzinfo=None))
