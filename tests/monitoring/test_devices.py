"""システム監視: the list with the worst first, one device with its thirty days, the heartbeats."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from monitoring.alerts import raise_alert, recover
from monitoring.models import CheckDay, Device, DeviceName, Heartbeat, MaintenanceWindow, State
from monitoring.standing import days_of
from monitoring.tokens import hashed
from tests.make import TODAY, at
from tests.monitoring.test_alerts import finding
from tests.monitoring.test_checks import make_check

LIST = "/monitor/"


@pytest.fixture
def field(cast, edition, time_machine):
    """Four devices at 10:00: db01 down, web01 with a warning, prt01 fine, ups01 without a check."""
    time_machine.move_to(at(10), tick=False)
    names = ("prt01", "web01", "db01", "ups01")
    towns = (cast.shiomi, None, None, None)
    devices = {
        n: Device.objects.create(name=n, organization=t, address="10.1.2.3")
        for n, t in zip(names, towns, strict=True)
    }
    for name in names[:3]:
        check = make_check(devices[name], params={"port": 80}, next_at=at(10, 1))
        check.state, check.last_ok_at, check.last_said = State.UP, at(9, 59), "0.01秒で応答"
        check.save()
    raise_alert(finding(devices["db01"]), by=None, at=at(9, 50))
    raise_alert(finding(devices["web01"], "cpu", state=State.WARNING), by=None, at=at(9, 55))
    return devices


def names_of(answer):
    return [record.name for record in answer.context["table"].page.rows]


def test_the_worst_come_first(cast, field, client, django_assert_max_num_queries):
    client.force_login(cast.ishii)
    client.get(LIST)
    with django_assert_max_num_queries(6):
        answer = client.get(LIST)
    assert names_of(answer) == ["db01", "web01", "ups01", "prt01"]
    page = answer.content.decode()
    assert "db01 ping 応答なし" in page and "未取得" in page and "更新なし" not in page
    assert names_of(client.get(f"{LIST}?state=up")) == ["prt01"]
    assert names_of(client.get(f"{LIST}?organization=shiomi")) == ["prt01"]
    assert names_of(client.get(f"{LIST}?q=db")) == ["db01"]
    for n in range(60):
        Device.objects.create(name=f"z{n:02}")
    with django_assert_max_num_queries(6):
        assert len(names_of(client.get(LIST))) == 50
    sheet = load_workbook(BytesIO(client.get(f"{LIST}?export=xlsx").getvalue())).active
    assert sheet.max_row > 60


def test_what_stands_still_is_not_fine(cast, field, client, time_machine):
    time_machine.move_to(at(10, 10), tick=False)
    client.force_login(cast.ishii)
    assert client.get(f"{LIST}?q=prt").content.decode().count("更新なし") == 1
    assert "監視が止まっています" in client.get(f"/monitor/devices/{field['prt01'].pk}/").content.decode()


@pytest.mark.parametrize(("person", "count"), [("morishita", 4), ("sato", 0), ("ono", 0)])
def test_who_has_no_mark_sees_none(cast, field, client, person, count):
    client.force_login(getattr(cast, person))
    assert len(names_of(client.get(LIST))) == count
    page = client.get(f"/monitor/devices/{field['db01'].pk}/")
    assert page.status_code == (200 if count else 404)
    assert ("システム監視</a>" in client.get("/").content.decode()) is bool(count)


def test_doors(cast, field, client):
    assert client.get(LIST).status_code == 302
    client.force_login(cast.kubo)
    assert client.get(LIST).status_code == 403
    client.force_login(cast.ishii)
    assert client.get("/monitor/devices/999/").status_code == 404
    for place in (LIST, f"/monitor/devices/{field['db01'].pk}/", "/monitor/beats/"):
        assert client.post(place).status_code == 405


def test_one_device(cast, field, client, django_assert_max_num_queries):
    device = field["db01"]
    DeviceName.objects.create(device=device, name="db01.example.jp")
    window = MaintenanceWindow.objects.create(
        name="月次保守", rule="business_day", n=3, starts_at="22:00", minutes=180
    )
    window.devices.add(device)
    recover(finding(device).fingerprint, by=None, at=at(9, 58), device=device)
    client.force_login(cast.ishii)
    client.get(LIST)
    with django_assert_max_num_queries(10):
        page = client.get(f"/monitor/devices/{device.pk}/").content.decode()
    for words in (
        "0.01秒で応答",
        "db01.example.jp",
        "毎月 第3開庁日 22:00 から180分",
        "No.58",
        "復旧",
        "2回中2回で異常",
    ):
        assert words in page, words
    assert page.count('<li class="m-') == 30


def test_a_day_says_what_it_was(cast, field):
    check = field["prt01"].checks.get()
    CheckDay.objects.create(check_of=check, on=TODAY, good=3, bad=1)
    CheckDay.objects.create(check_of=check, on=TODAY - timedelta(days=2), good=10)
    old = at(23) - timedelta(days=5)
    alert = raise_alert(finding(field["prt01"]), by=None, at=old)
    recover(alert.fingerprint, by=None, at=old + timedelta(hours=2), device=field["prt01"])
    days = days_of(field["prt01"], field["prt01"].alerts.all(), at(10))
    assert [d.state for d in days[-6:]] == ["down", "down", "unknown", "up", "unknown", "up"]
    assert (days[-1].good, days[-1].bad, len(days)) == (3, 1, 30)


@pytest.mark.parametrize(("person", "sees"), [("sato", True), ("morishita", True), ("ishii", False)])
def test_heartbeats(cast, edition, client, time_machine, django_assert_max_num_queries, person, sees):
    time_machine.move_to(at(10), tick=False)
    Heartbeat.objects.create(name="ウイルススキャン", key=7, token_hash=hashed("t"), succeeded_at=at(6))
    client.force_login(getattr(cast, person))
    client.get("/monitor/beats/")
    with django_assert_max_num_queries(6):
        page = client.get("/monitor/beats/").content.decode()
    assert ("No.7 " in page) is sees and ("ウイルススキャン" in page) is sees
