"""Rows of scheduled tasks, many in one statement: occasions and organizations travel, no rows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from .expected import Expected

#: Generators take turns on PostgreSQL; on SQLite every writer does.
LOCK = 724001
# MATERIALIZED: PostgreSQL would take each element apart again for every use of a column.
KEYS = {
    "postgresql": """WITH occasion AS MATERIALIZED (
        SELECT (value->>0)::int AS series, value->>1 AS period, (value->>2)::date AS period_on,
            (value->>3)::date AS opens_on, (value->>4)::date AS due_on, (value->>5)::timestamptz AS due_at
        FROM json_array_elements(%s::json) AS j(value)
    ), place AS MATERIALIZED (
        SELECT (value->>0)::int AS series, (value->>1)::bigint AS organization_id, (value->>2)::bigint AS key,
            (value->>3)::bigint AS duty_id
        FROM json_array_elements(%s::json) AS j(value)
    )""",
    "sqlite": """WITH occasion AS MATERIALIZED (
        SELECT value->>0 AS series, value->>1 AS period, value->>2 AS period_on, value->>3 AS opens_on,
            value->>4 AS due_on, value->>5 AS due_at
        FROM json_each(%s)
    ), place AS MATERIALIZED (
        SELECT value->>0 AS series, value->>1 AS organization_id, value->>2 AS key, value->>3 AS duty_id
        FROM json_each(%s)
    )""",
}
MISSING = """FROM occasion o JOIN place p ON p.series = o.series
    WHERE NOT EXISTS (SELECT 1 FROM tasks_task t WHERE t.key = p.key AND t.period = o.period
        AND t.organization_id = p.organization_id AND t.serial = 0)"""
COUNT = f"SELECT p.duty_id, count(*) {MISSING} GROUP BY p.duty_id"
#: In the order of the index that keeps each task single: it grows at its ends.
INSERT = f"""INSERT INTO tasks_task
    (organization_id, key, duty_id, period, period_on, opens_on, due_on, due_at, is_caught_up, created_at)
    SELECT p.organization_id, p.key, p.duty_id, o.period, o.period_on, o.opens_on, o.due_on, o.due_at,
        o.opens_on < %s, %s {MISSING}
    ORDER BY p.key, o.period_on"""
UNLESS = "ON CONFLICT (key, period, organization_id, serial) DO NOTHING"
RETURNING = "RETURNING organization_id, duty_id, id, is_caught_up"
#: PostgreSQL counts by itself what it made; SQLite has no INSERT inside a statement and tells every row.
COUNTED = """, made AS ({insert}) SELECT organization_id, duty_id, count(*),
    count(*) FILTER (WHERE is_caught_up), min(id), max(id) FROM made GROUP BY organization_id, duty_id"""
#: Generators take turns and nobody else makes scheduled tasks: what is missing is missing. To be ready for
#: somebody who makes one nevertheless costs a tenth more, so that is the second try.
TRIES = tuple(COUNTED.format(insert=f"{INSERT} {more} {RETURNING}") for more in ("", UNLESS))


class Series(NamedTuple):
    """The same occasions of one duty, for several organizations."""

    key: int
    duty_id: int
    organization_ids: tuple[int, ...]
    occasions: Sequence[Expected]

    @property
    def size(self) -> int:
        return len(self.organization_ids) * len(self.occasions)


class Made(NamedTuple):
    """How many tasks of one organization and duty were made, how many 遡及, and the range of their ids."""

    organization_id: int
    duty_id: int
    tasks: int
    caught_up: int
    first: int
    last: int


@dataclass
class Batch:
    """What travels: occasions, and the organizations that have them, joined by the number of their series."""

    occasions: list[tuple[object, ...]] = field(default_factory=list)
    places: dict[int, list[tuple[int, int, int, int]]] = field(default_factory=dict)
    size: int = 0

    def add(self, number: int, series: Series, occasion: Expected) -> None:
        period, period_on, opens_on, due_on, due_at = occasion
        days = (period_on.isoformat(), opens_on.isoformat(), due_on.isoformat())
        self.occasions.append((number, period, *days, _instant(due_at)))
        if number not in self.places:
            self.places[number] = [(number, o, series.key, series.duty_id) for o in series.organization_ids]
        self.size += len(series.organization_ids)

    def packed(self) -> list[str]:
        return [
            json.dumps(self.occasions),
            json.dumps([row for rows in self.places.values() for row in rows]),
        ]


def batches(found: Iterable[Series], size: int) -> Iterator[Batch]:
    """Cut series into batches of about `size` rows."""
    batch = Batch()
    for number, series in enumerate(found):
        for occasion in series.occasions:
            batch.add(number, series, occasion)
            if batch.size >= size:
                yield batch
                batch = Batch()
    if batch.size:
        yield batch


def missing(found: Iterable[Batch]) -> Counter[int]:
    """How many tasks are not there, by duty."""
    counted: Counter[int] = Counter()
    with connection.cursor() as cursor:
        for batch in found:
            cursor.execute(f"{KEYS[connection.vendor]} {COUNT}", batch.packed())
            counted.update(dict(cursor.fetchall()))
    return counted


def insert(batch: Batch, *, at: datetime) -> list[Made]:
    """Insert what is not there; what opened before the day of `at` is 遡及. Only in a transaction."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("rows.insert needs a transaction")
    parameters = [*batch.packed(), timezone.localdate(at).isoformat(), _instant(at)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # looked at row by row, not kept in a list
            found = [Made(*row) for row in _made(cursor, parameters)]
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            return found
        cursor.execute(f"{KEYS['sqlite']} {INSERT} {UNLESS} {RETURNING}", parameters)
        return _counted(cursor.fetchall())


def _made(cursor: Any, parameters: list[str]) -> list[Any]:
    plain, patient = (KEYS["postgresql"] + statement for statement in TRIES)
    try:
        with transaction.atomic():
            cursor.execute(plain, parameters)
            return cursor.fetchall()
    except IntegrityError:
        cursor.execute(patient, parameters)
        return cursor.fetchall()


def _counted(rows: Iterable[tuple[int, int, int, int]]) -> list[Made]:
    """COUNTED, for rows of (organization, duty, id, is_caught_up)."""
    groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for organization, duty, pk, is_caught_up in rows:
        groups.setdefault((organization, duty), []).append((pk, is_caught_up))
    return [
        Made(*place, len(its), sum(late for _pk, late in its), min(its)[0], max(its)[0])
        for place, its in groups.items()
    ]


def _instant(at: datetime) -> str:
    """As the database writes an instant: SQLite in UTC without saying so."""
    at = at.astimezone(UTC)
    return str(at if connection.vendor == "postgresql" else at.replace(tzinfo=None))
