"""/hooks/<source>/: what tools send becomes alerts and tasks; each once, or a sentence why not."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from monitoring import calm, judging
from monitoring.models import (
    Alert,
    AlertEvent,
    Device,
    DeviceName,
    Entry,
    MaintenanceWindow,
    Source,
    UnknownName,
)
from monitoring.tokens import hashed
from tasks.models import Case
from tests.make import at

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parent / "bodies"
TOKEN = "t0ken-of-the-source"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(at(10), tick=False)
    return time_machine


@pytest.fixture
def db01(edition):
    device = Device.objects.create(name="DBサーバ1", address="10.1.2.3")
    DeviceName.objects.create(device=device, name="db01")
    return device


def source(kind="alertmanager", **fields):
    fields = {"name": kind, "token_hash": hashed(TOKEN), "watch": "hardware", **fields}
    return Source.objects.create(kind=kind, **fields)


def post(client, where, body, token=TOKEN, **headers):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}", **headers}
    return client.post(f"/hooks/{where.pk}/", body, content_type="application/json", **headers)


def sample(name):
    return (SAMPLES / f"{name}.json").read_bytes()


@pytest.mark.parametrize(
    ("kind", "bad", "over"),
    [
        ("alertmanager", "alertmanager-firing", "alertmanager-resolved"),
        ("zabbix", "zabbix-problem", "zabbix-recovery"),
    ],
)
def test_a_tool_raises_once_and_ends(cast, db01, client, kind, bad, over):
    tool = source(kind)
    assert post(client, tool, sample(bad)).json() == {"accepted": 1, "known": 0}
    assert post(client, tool, sample(bad)).json() == {"accepted": 0, "known": 1}
    alert = Alert.objects.get()
    assert (alert.device, alert.count, alert.task.duty.number, alert.watch) == (db01, 1, 60, "hardware")
    assert "DBサーバ1" in alert.title
    client.force_login(cast.ishii)
    assert alert.title in client.get("/").content.decode()
    assert post(client, tool, sample(over)).json()["accepted"] == 1
    alert.refresh_from_db()
    assert alert.recovered_at == at(10) and alert.task.state == "open"
    assert Entry.objects.waiting().count() == 0


def test_an_end_that_overtakes_its_beginning_raises_nothing(db01, cast, client):
    tool = source()
    post(client, tool, sample("alertmanager-resolved"))
    post(client, tool, sample("alertmanager-firing"))
    assert Entry.objects.count() == 2 and not Alert.objects.exists()


def test_the_watch_is_said_by_a_label_or_else_the_sources(db01, cast, client):
    tool, body = source(), json.loads(sample("alertmanager-firing"))
    body["alerts"][0]["labels"] |= {"watch": "performance", "severity": "warning"}
    post(client, tool, body)
    alert = Alert.objects.get()
    assert (alert.task.duty.number, alert.state) == (59, "warning")


@pytest.mark.parametrize(
    ("token", "active", "status"),
    [(TOKEN, True, 200), ("old", True, 200), ("older", True, 401), ("", True, 401), (TOKEN, False, 401)],
)
def test_tokens(cast, client, token, active, status):
    tool = source(
        is_active=active, previous_hash=hashed("old"), previous_until=at(11), kind="event", name="e"
    )
    other = source("zabbix", token_hash=hashed("other"))
    answer = post(client, tool, {"host": "a", "message": "x"}, token)
    assert answer.status_code == status
    assert Entry.objects.exists() is (status == 200)
    assert post(client, other, {"event_id": "1", "event_value": "1"}).status_code == 401
    assert client.get(f"/hooks/{tool.pk}/").status_code == 405


def test_after_the_rotation_only_the_new_token(cast, client):
    tool = source("event", previous_hash=hashed("old"), previous_until=at(9))
    assert post(client, tool, {"message": "x"}, "old").status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (b"[]", 422),
        (b'[{"message": "x"}, {"host": "a"}]', 422),
        (b" " * 1024 * 1025, 413),
    ],
)
def test_what_is_wrong_is_refused_whole_and_in_words(cast, client, body, status):
    answer = post(client, source("event"), body)
    assert answer.status_code == status and answer.json()["error"].endswith("。")
    assert not Entry.objects.exists()


def test_over_the_limit_it_is_told_to_wait_and_so_are_we(cast, edition, client, clock):
    tool = source("event", rate=3, watch="log")
    rows = [{"host": "a", "message": "x"}] * 3
    assert post(client, tool, rows).status_code == 200
    for _n in range(2):
        answer = post(client, tool, rows)
        assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    tool.refresh_from_db()
    assert tool.refused_count == 2 and Entry.objects.count() == 3
    assert Alert.objects.get().task.duty.number == 57
    clock.move_to(at(10, 2), tick=False)
    assert post(client, tool, rows).status_code == 200
    calm.settle(at(10, 5))
    assert Alert.objects.open().exists()
    calm.settle(at(10, 11))
    assert not Alert.objects.open().exists()


def test_names_that_no_device_has_are_listed_and_heard(cast, edition, client):
    tool = source("event")
    bad = {"host": "New-Host", "message": "停止", "status": "problem"}
    post(client, tool, [bad, bad])
    name = UnknownName.objects.get()
    assert (name.name, name.count, name.said) == ("new-host", 2, "停止")
    assert Alert.objects.get().title == "New-Host 停止" and Alert.objects.get().count == 2


def test_in_a_maintenance_nothing_is_raised_and_after_it_what_still_fires(cast, db01, client, clock):
    window = MaintenanceWindow.objects.create(name="m", on=at(10).date(), starts_at="09:00", minutes=120)
    window.devices.add(db01)
    tool = source()
    post(client, tool, sample("alertmanager-firing"))
    post(client, tool, sample("alertmanager-firing"))
    assert not Alert.objects.exists() and AlertEvent.objects.filter(alert=None).count() == 1
    clock.move_to(at(12), tick=False)
    post(client, tool, sample("alertmanager-firing"))
    post(client, tool, sample("alertmanager-firing"))
    assert Alert.objects.get().count == 1 and AlertEvent.objects.count() == 2


def test_what_could_not_be_judged_waits_for_the_job(cast, db01, client, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr(judging, "raise_alert", broken)
    assert post(client, source(), sample("alertmanager-firing")).status_code == 200
    assert Entry.objects.waiting().count() == 1
    monkeypatch.undo()
    assert judging.judge_waiting(at(10, 1)) == 1 and Alert.objects.count() == 1
    assert judging.judge_waiting(at(10, 2)) == 0


def test_a_storm_of_600_a_minute_makes_ten_alerts_and_loses_nothing(cast, db01, client, clock):
    tool = source("event")
    for batch in range(12):
        clock.move_to(at(10) + timedelta(seconds=batch * 4), tick=False)
        rows = [
            {"host": "db01", "message": f"port {n} down", "status": "problem", "id": f"{n % 20}-{batch % 2}"}
            for n in range(50)
        ]
        assert post(client, tool, rows).json()["accepted"] == 50
    assert Entry.objects.count() == AlertEvent.objects.count() == 600
    assert Alert.objects.count() == Case.objects.count() == 10
    post(client, tool, [{"host": "db01", "message": "one more", "status": "problem"}])
    assert Entry.objects.count() == 600  # 429: it is sent again later
