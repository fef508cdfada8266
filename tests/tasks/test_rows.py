"""Rows of scheduled tasks, where somebody makes one of them without taking a turn."""

import threading
import time

import pytest
from django.db import connection, connections, transaction

from tasks.models import GenerationRun, Task
from tests.cast import STARTED_ON
from tests.tasks.test_generation import ground, run, should, there  # noqa: F401

WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'WITH occasion%'"


def wait_for_a_waiter() -> None:
    until = time.monotonic() + 20
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            if cursor.fetchone():
                return
            assert time.monotonic() < until, "nobody waits"
            time.sleep(0.02)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_a_task_that_somebody_else_is_making_is_made_once(ground):  # noqa: F811
    run(STARTED_ON)
    made = Task.objects.count()
    copied = Task.objects.filter(serial=0).order_by("-pk").first()
    Task.objects.all().delete()
    GenerationRun.objects.all().delete()
    faults = []

    def generate() -> None:
        try:
            run(STARTED_ON)
        except Exception as fault:  # shown below
            faults.append(fault)
        finally:
            connections.close_all()

    generator = threading.Thread(target=generate)
    with transaction.atomic():
        copied.pk = None
        copied.save(force_insert=True)
        generator.start()
        wait_for_a_waiter()
    generator.join(30)
    assert not faults
    assert there() == should(STARTED_ON)
    assert Task.objects.count() == made > 1
    assert GenerationRun.objects.get().created == made - 1
