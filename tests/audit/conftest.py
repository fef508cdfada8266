"""Somebody who owns the database, and a thing that happens."""

import contextlib

import pytest
from django.db import connection, transaction


@pytest.fixture
def intruder():
    """A context in which the triggers are off, as for the owner of the database."""

    @contextlib.contextmanager
    def off():
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
                yield cursor
                cursor.execute("SET LOCAL session_replication_role = DEFAULT")
                return
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'"
            )
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield cursor
            for _name, sql in triggers:
                cursor.execute(sql)

    return off
