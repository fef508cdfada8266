"""A year for 60 municipalities, and again, beside COPY (or on SQLite executemany) of the same rows."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from opsdesk.accounts.models import Organization
from opsdesk.calendar import holidays
from tasks.generation import generate
from tasks.models import Task
from tests.cast import STARTED_ON

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
END = date(2027, 3, 31)
NOW = datetime(2027, 3, 31, 0, 0, tzinfo=UTC)
ROUNDS = 3
# fmt: off
COLUMNS = [
    "key", "duty_id", "organization_id", "period", "period_on", "serial", "opens_on", "due_on", "due_at",
    "state", "is_caught_up", "created_at", "version", "answers", "outcome", "remark", "is_proxy",
    "reason",
]
# fmt: on


@pytest.fixture
def sixty(cast, edition, settings):
    settings.GENERATION_CAP = 1_000_000
    holidays.fill(range(2025, 2038), by=None, at=NOW)
    Organization.objects.bulk_create(
        Organization(
            code=f"m{n}",
            kind="member",
            name=f"第{n}町",
            short_name=f"第{n}町",
            position=n,
            joined_on=STARTED_ON,
        )
        for n in range(57)
    )


def timed(act) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tasks_task")
        cursor.execute("DELETE FROM tasks_generationrun")
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE tasks_task")


def floor(rows: list[tuple]) -> None:
    """The plainest way to put rows into the same table, constraints, indexes and all."""
    names = ", ".join(COLUMNS)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY tasks_task ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["?"] * len(COLUMNS))
            cursor.connection.executemany(f"INSERT INTO tasks_task ({names}) VALUES ({marks})", rows)


def stored() -> list[tuple]:
    with connection.cursor() as cursor:
        text = "answers::text" if connection.vendor == "postgresql" else "answers"
        names = ", ".join(COLUMNS).replace("answers", text)
        if connection.vendor == "sqlite":  # raw text, as SQLite keeps it
            return list(cursor.connection.cursor().execute(f"SELECT {names} FROM tasks_task"))
        cursor.execute(f"SELECT {names} FROM tasks_task")
        return cursor.fetchall()


def measure(capsys, through: date, label: str) -> None:
    now = NOW + (through - END)
    generate(now, through=through)  # warm, and the rows for the floor
    rows = stored()
    figures: dict[str, list[float]] = {"floor": [], "generate": [], "again": [], "next day": []}
    for _round in range(ROUNDS):
        empty()
        figures["floor"].append(timed(lambda: floor(rows)))
        empty()
        figures["generate"].append(timed(lambda: generate(now, through=through)))
        assert Task.objects.count() == len(rows)
        figures["again"].append(timed(lambda: generate(now, through=through)))
        figures["next day"].append(timed(lambda: generate(now + timedelta(days=1))))
    best = {name: min(values) for name, values in figures.items()}
    with capsys.disabled():
        print(f"\n{connection.vendor}, {label}: {len(rows):,} tasks (best of {ROUNDS})")
        for name, seconds in best.items():
            print(f"  {name:<9} {seconds:7.3f} s  {seconds / best['floor']:5.2f} × floor")
    assert best["again"] < 0.2


def test_a_year(sixty, capsys):
    measure(capsys, END, "a year of 60 municipalities")


def test_a_hundred_thousand(sixty, capsys):
    measure(capsys, date(2032, 6, 30), "over six years of 60 municipalities")
