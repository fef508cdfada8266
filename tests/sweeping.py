"""Rows that were rolled back, taken out of PostgreSQL's tables."""

import psycopg
from django.db import connection


def sweep(which: str = "true") -> None:
    """Vacuum the tables that `which`, a condition on pg_stat_user_tables, picks; rows of savepoints that were
    rolled back go too, while the transaction around them is still open. On SQLite there are none."""
    if connection.vendor != "postgresql":
        return
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as sweeper:
        tables = sweeper.execute(f"SELECT relid::regclass FROM pg_stat_user_tables WHERE {which}")
        if names := ", ".join(name for (name,) in tables):
            sweeper.execute(f"VACUUM {names}")
