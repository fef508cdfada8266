"""10,000 checks due at once, three workers: each is run once, none is lost, and memory stays flat."""

import json
import os
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F, Sum

from monitoring.models import Check, CheckDay, Device, State
from tests.make import at
from tests.monitoring.peers import allow_loopback, listener

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
CHECKS, WORKERS = 10_000, 3
#: A worker says what it ran, and its memory (KB) after the first run and at the end.
WORKER = """
import json, pathlib, django
django.setup()
from django.utils import timezone
from monitoring import checks
rss = lambda: int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4
run, lost, early = 0, 0, 0
while (report := checks.run_due(timezone.now, long=2)).run:
    run, lost, early = run + report.run, lost + report.lost, early or rss()
print(json.dumps({"run": run, "lost": lost, "early": early, "end": rss()}))
"""


def start() -> subprocess.Popen:
    of = connection.settings_dict
    url = f"postgresql://{of['USER']}:{of['PASSWORD']}@{of['HOST']}:{of['PORT']}/{of['NAME']}"
    environ = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", WORKER]
    return subprocess.Popen(command, env=environ, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True)


def test_ten_thousand_checks_and_three_workers(cast):
    assert connection.vendor == "postgresql", "make bench runs on PostgreSQL"
    allow_loopback()
    with listener() as (port, seen):
        device = Device.objects.create(name="web01", address="127.0.0.1")
        Check.objects.bulk_create(
            Check(
                device=device, name=f"c{n}", kind="tcp", params={"port": port}, interval=86400, next_at=at(9)
            )
            for n in range(CHECKS)
        )
        began = time.perf_counter()
        workers = [start() for _n in range(WORKERS)]
        said = [json.loads(worker.communicate()[0]) for worker in workers]
        seconds = time.perf_counter() - began
        connections = len(seen)
    ran = [worker["run"] for worker in said]
    print(f"\n{CHECKS:,} checks in {seconds:.1f} s = {CHECKS / seconds:.0f}/s; {ran}, {said}")
    assert sum(ran) == connections == CHECKS and not sum(worker["lost"] for worker in said)
    assert Check.objects.filter(state=State.UP, leased_by="").count() == CHECKS
    assert CheckDay.objects.filter(good=1, bad=0).count() == CHECKS
    assert CheckDay.objects.aggregate(n=Sum(F("good") + F("bad")))["n"] == CHECKS
    assert all(worker["run"] > CHECKS / 10 for worker in said), "one worker did it all"
    assert all(worker["end"] < worker["early"] * 1.1 + 4096 for worker in said), "memory grows"
