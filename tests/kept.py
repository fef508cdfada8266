"""The rows of the first edition, written once a run by its own command and put back row by row after that.

Loading goes through every rule and the ORM, fifty times what its SQL takes; tests/raci/test_fixture.py looks
at the command itself."""

from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any

from django.db import connection

from opsdesk.accounts.models import Role
from opsdesk.audit.models import Event
from raci.models import Edition

TABLES = (
    "raci_edition", "raci_duty", "raci_assignment", "raci_schedule", "raci_dutyfield", "raci_signer",
    "raci_followup", "audit_event", "audit_stream",
)  # fmt: skip
ROLES = ("role_id", "signer_role_id")
CHUNK = 50  # rows a statement: the widest has 17 columns, and SQLite may take no more than 999 values

Rows = dict[str, tuple[list[str], list[list[Any]]]]
_kept: tuple[Rows, dict[int, str]] | None = None


def kept(load: Callable[[], Edition]) -> Edition:
    """What `load` gives: in a database that holds the cast and nothing else the same rows, ids and all."""
    global _kept
    if Edition.objects.exists() or Event.objects.exists():
        return load()
    if _kept is None:
        edition = load()
        _kept = {table: _read(table) for table in TABLES}, {r.pk: r.code for r in Role.objects.all()}
        return edition
    rows, codes = _kept
    now = {r.code: r.pk for r in Role.objects.all()}
    ids = {old: now[code] for old, code in codes.items()}
    for table, (columns, values) in rows.items():
        _write(table, columns, list(_with_roles(columns, values, ids)))
    with connection.cursor() as cursor:  # the guards let rows into drafts only
        cursor.execute("UPDATE raci_edition SET state = 'published'")
    return Edition.objects.get()


def _read(table: str) -> tuple[list[str], list[list[Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        columns = [column[0] for column in cursor.description]
        return columns, [[_plain(value) for value in row] for row in cursor.fetchall()]


def _plain(value: Any) -> Any:
    """SQLite keeps dates and times as text."""
    return str(value) if isinstance(value, date | time) and connection.vendor == "sqlite" else value


def _with_roles(columns: list[str], values: list[list[Any]], ids: dict[int, int]) -> Iterator[list[Any]]:
    for row in values:
        yield [
            ids[value] if name in ROLES and value else "draft" if name == "state" else value
            for name, value in zip(columns, row, strict=True)
        ]


def _write(table: str, columns: list[str], values: list[list[Any]]) -> None:
    one = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        for start in range(0, len(values), CHUNK):
            rows = values[start : start + CHUNK]
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(
                f"INSERT INTO {table} ({names}) VALUES {', '.join([one] * len(rows))}",
                [value for row in rows for value in row],
            )
