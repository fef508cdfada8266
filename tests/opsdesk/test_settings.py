"""The settings hold what they promise: of the databases, the jobs, and what the documents say about them."""

import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from opsdesk.audit.models import Stream
from opsdesk.celery import app
from opsdesk.environment import BASE_DIR
from opsdesk.settings import VARIABLES

ALWAYS = "-c jit=off -c work_mem=16MB"


@pytest.mark.django_db(transaction=True)
def test_writers_wait_for_each_other():
    """Read, then write, in many threads: none fails and none is lost."""
    Stream.objects.create(name="counted")
    faults: list[Exception] = []

    def count() -> None:
        try:
            for _turn in range(10):
                with transaction.atomic():
                    stream = Stream.objects.select_for_update().get(name="counted")
                    stream.last += 1
                    stream.save(update_fields=["last"])
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=count) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert Stream.objects.get(name="counted").last == 60


@pytest.mark.django_db
def test_sqlite_writes_ahead():
    if connection.vendor != "sqlite":
        assert (
            connection.settings_dict["CONN_HEALTH_CHECKS"] and connection.settings_dict["CONN_MAX_AGE"] == 60
        )
        return
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (1,)
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_only_the_web_limits_its_statements():
    ask = (
        "import {module}; from django.conf import settings; "
        "print(settings.DATABASES['default']['OPTIONS'].get('options'))"
    )
    environ = {"DATABASE_URL": "postgresql://a:b@db/ops", "SECRET_KEY": "s" * 40, "AUDIT_KEY": "a" * 40}

    def options(module: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", ask.format(module=module)],
            cwd=BASE_DIR,
            env={**environ, "DATA_DIR": str(settings.DATA_DIR), "DJANGO_SETTINGS_MODULE": "opsdesk.settings"},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    assert options("opsdesk.wsgi") == f"{ALWAYS} -c statement_timeout=30000"
    assert options("opsdesk.celery") == ALWAYS


def test_no_job_is_handed_out_twice_while_it_runs():
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit < 300 / 2
    assert app.conf.task_acks_late and app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert str(app.conf.timezone) == "Asia/Tokyo"


def test_every_scheduled_job_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_every_variable_is_documented():
    text = (BASE_DIR / "README.md").read_text()
    assert [variable.name for variable in VARIABLES if f"`{variable.name}`" not in text] == []


def test_no_variable_of_the_shell_reaches_the_tests():
    text = (BASE_DIR / "Makefile").read_text()
    assert [variable.name for variable in VARIABLES if f"-u {variable.name}" not in text] == []
