"""Two generators are killed at random over simulated years: nothing is lost, nothing is there twice."""

import os
import random
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection

from opsdesk.audit.models import Event
from opsdesk.calendar import holidays
from tasks.generation import generate
from tasks.models import GenerationRun, Task
from tests import oracle
from tests.cast import STARTED_ON
from tests.make import at

pytestmark = pytest.mark.django_db(transaction=True)
LAST = date(2029, 3, 31)
MEMBERS = dict.fromkeys(("shiomi", "kirihara", "mizuno"), (STARTED_ON, None))


def url() -> str:
    """The address of the test database, for another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)


def start(first: date) -> subprocess.Popen[str]:
    environ = os.environ | {
        "DATABASE_URL": url(),
        "DJANGO_SETTINGS_MODULE": "opsdesk.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "AUDIT_KEY": settings.AUDIT_KEY,
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.generator", first.isoformat(), LAST.isoformat()],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n", child.communicate()[1]
    return child


def end(child: subprocess.Popen[str]) -> bool:
    """Kill; True if it was still at work."""
    child.kill()
    _out, errors = child.communicate()
    assert child.returncode in (0, -9), errors
    return child.returncode == -9


def kill_generators(kills: int) -> None:
    """Keep two at work and kill one after the other, `kills` times; then let one run to the end."""
    chance = random.Random()
    day = STARTED_ON
    children = [start(day), start(day)]
    killed = 0
    try:
        while killed < kills:
            time.sleep(chance.uniform(0.02, 0.4))
            killed += end(children.pop(0))
            day = min(day + timedelta(days=chance.randrange(0, 1000 // kills)), LAST - timedelta(days=60))
            children.append(start(day))
    finally:
        for child in children:
            end(child)


def check() -> None:
    found = [
        oracle.Should(*row)
        for row in Task.objects.values_list(
            "duty__number", "organization__code", "period", "opens_on", "due_on", "due_at"
        )
    ]
    wanted = oracle.expected(MEMBERS, in_force_on=STARTED_ON, starts_on=STARTED_ON, through=LAST)
    assert len(found) == len(set(found)) == len(wanted)
    assert set(found) == wanted
    told = sum(e.data["count"] for e in Event.objects.filter(code="generation.created"))
    counted = sum(GenerationRun.objects.values_list("created", flat=True))
    assert told == counted == len(found)


def survive(kills: int) -> None:
    holidays.fill(range(2025, 2031), by=None, at=datetime(2026, 3, 1, tzinfo=UTC))
    kill_generators(kills)
    assert Task.objects.exists()
    generate(at(1, 0, LAST), force=True)
    check()


@pytest.mark.slow
def test_ten_deaths(edition):
    survive(10)


@pytest.mark.faults
def test_fifty_deaths(edition):
    survive(50)
