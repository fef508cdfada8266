"""Own health: every part stops once, and /healthz, /metrics and the dashboard say so."""

from datetime import timedelta

import pytest
from celery.beat import PersistentScheduler
from django.db import OperationalError, connections
from django.utils import timezone

from monitoring import jobs
from monitoring.health import parts
from monitoring.models import Check, Device
from monitoring.scheduler import Scheduler
from opsdesk.celery import app
from opsdesk.notices.models import Delivery, Watermark
from tasks.generation import generate
from tests.make import at

TOKEN = "t" * 40


@pytest.fixture
def well(edition, holidays, time_machine):
    """At 10:00 everything has just run."""
    time_machine.move_to(at(10), tick=False)
    generate(at(10))
    jobs.tick("beat")
    jobs.check()


def test_it_is_well_without_a_session(well, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        answer = client.get("/healthz")
    said = answer.json()
    assert answer.status_code == 200 and said["ok"] is True and answer.cookies == {}
    assert list(said["parts"]) == [
        "database", "broker", "beat", "worker", "outbox", "generation", "checks",
    ]  # fmt: skip
    assert said["parts"]["beat"] == {"ok": True, "seconds": 0} and said["at"] == "2026-11-24T01:00:00+00:00"
    assert client.post("/healthz").status_code == 405


def _letter(cast):
    Delivery.objects.create(
        key="k", person=cast.sato, code="c", address="a@example.jp", subject="s", body="b",
        created_at=at(9), next_at=at(9),
    )  # fmt: skip


STOPS = {
    "beat": lambda cast: Watermark.objects.filter(name="beat").update(through=at(9)),
    "worker": lambda cast: Watermark.objects.filter(name="worker").update(through=at(9)),
    "outbox": _letter,
    "checks": lambda cast: Check.objects.create(
        device=Device.objects.create(name="web01"), name="c", next_at=at(9)
    ),
}


@pytest.mark.parametrize("part", STOPS)
def test_a_part_that_stops_is_said(well, cast, client, settings, part):
    settings.EMAIL_URL = "smtp://mail.example.jp"
    STOPS[part](cast)
    answer = client.get("/healthz")
    bad = [name for name, said in answer.json()["parts"].items() if not said["ok"]]
    assert (answer.status_code, bad) == (503, [part])
    assert "example" not in answer.content.decode()


def test_generation_that_stops_is_said(well, client, time_machine):
    time_machine.move_to(at(10, 16), tick=False)
    bad = [name for name, said in client.get("/healthz").json()["parts"].items() if not said["ok"]]
    assert bad == ["beat", "worker", "generation"]


def test_a_broker_that_is_gone_is_said(well, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert [p.name for p in parts(at(10)) if not p.is_well] == ["broker"]


def test_a_database_that_is_gone_is_said(client, monkeypatch):
    def gone(*_args):
        raise OperationalError("connection refused")

    monkeypatch.setattr(connections["default"], "cursor", gone)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["parts"]["database"]["ok"]) == (503, False)


def test_metrics_are_behind_a_token(well, client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer no"}).status_code == 401
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    lines = answer.content.decode().splitlines()
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'opsdesk_part_up{part="beat"} 1' in lines and 'opsdesk_alerts_open{state="down"} 0' in lines
    assert all(line.startswith(("#", "opsdesk_")) for line in lines)


@pytest.mark.parametrize(("person", "is_told"), [("ishii", True), ("morishita", True), ("ono", False)])
def test_the_dashboard_says_when_the_checks_stand_still(well, cast, client, person, is_told):
    STOPS["checks"](cast)
    client.force_login(getattr(cast, person))
    assert ("機器の監視が" in client.get("/").content.decode()) is is_told


@pytest.mark.django_db
def test_beat_notes_its_ticks(tmp_path):
    scheduler = Scheduler(app, schedule_filename=str(tmp_path / "schedule"), lazy=True)
    assert isinstance(scheduler, PersistentScheduler)
    scheduler._say()
    assert Watermark.objects.get(name="beat").through > timezone.now() - timedelta(minutes=1)
