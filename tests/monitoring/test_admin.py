"""What administrators keep: devices and checks, the allow-list, tokens shown once; every change an Event."""

import re

import pytest
from django.urls import reverse

from monitoring import registry
from monitoring.alerts import raise_alert
from monitoring.models import AllowedNetwork, Check, Device, Heartbeat, MaintenanceWindow, Source
from monitoring.models.device import named
from monitoring.tokens import hashed, take
from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tests.make import at
from tests.monitoring.test_alerts import finding

CHECK = {
    "name": "ログイン画面", "watch": "liveness", "kind": "http", "params": '{"url": "https://10.1.2.3/"}',
    "limits": "{}", "is_active": "on", "interval": 60, "timeout": 5, "grace": 120, "bad_of": 3, "window": 3,
    "good_in_a_row": 2,
}  # fmt: skip


@pytest.fixture
def admin(cast, edition, client, time_machine):
    """admin(model, values, pk) → the answer of saving that form as an administrator."""
    time_machine.move_to(at(10), tick=False)
    client.force_login(cast.kubo)

    def save(model, values, pk=None):
        name = f"admin:monitoring_{model}_" + ("change" if pk else "add")
        return client.post(reverse(name, args=[pk] if pk else []), values, follow=True)

    return save


def test_a_device_with_its_names_and_a_check(admin):
    values = {
        "name": "web01",
        "kind": "server",
        "address": "10.1.2.3",
        "names": "WEB01.local\nweb",
        "is_active": "on",
    }
    assert admin("device", values).status_code == 200
    device = Device.objects.get()
    assert named("Web01.LOCAL") == named("web01:9100") == named("10.1.2.3") == device and named("db") is None
    admin("device", {**values, "names": "web"}, device.pk)
    assert named("web01.local") is None and named("web") == device
    admin("check", {**CHECK, "device": device.pk})
    check = Check.objects.get()
    assert check.params == {"url": "https://10.1.2.3/", "status": 200, "text": "", "verify": True}
    assert check.next_at == at(10)
    admin("check", {**CHECK, "device": device.pk, "interval": 300}, check.pk)
    codes = list(Event.objects.filter(object_type__startswith="monitoring.").values_list("code", flat=True))
    assert codes == ["device.added", "device.changed", "device.changed", "check.added", "check.changed"]
    assert Event.objects.get(code="check.changed").data["before"] == {"interval": "60"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"params": '{"port": 1}'}, "という設定はありません"),
        ({"params": '{"url": "ftp://x/"}'}, "http:// か https:// から"),
        ({"limits": '{"seconds": 3}'}, "しきい値は"),
        ({"bad_of": 4}, "直近の回数以下"),
        ({"kind": "tcp", "params": '{"port": 0}'}, "1 から 65535"),
    ],
)
def test_a_wrong_check_is_refused_in_words(admin, change, said):
    device = Device.objects.create(name="web01")
    assert said in admin("check", {**CHECK, "device": device.pk, **change}).content.decode()
    assert not Check.objects.exists()


def test_the_allow_list(admin, client):
    admin("allowednetwork", {"network": "10.1.2.3/16", "ports": "443, 80,9100-9110", "allows_ping": "on"})
    row = AllowedNetwork.objects.get()
    assert (row.network, row.ports) == ("10.1.0.0/16", "80,443,9100-9110")
    assert "ネットワークを入力" in admin("allowednetwork", {"network": "あ", "ports": ""}).content.decode()
    client.post(reverse("admin:monitoring_allowednetwork_delete", args=[row.pk]), {"post": "yes"})
    assert not AllowedNetwork.objects.exists() and Event.objects.filter(code="network.removed").exists()


def test_a_token_is_shown_once_and_kept_as_a_hash(admin, client):
    values = {"name": "Zabbix", "kind": "zabbix", "watch": "liveness", "rate": 600, "is_active": "on"}
    token = re.search(r"一度だけ表示します）: (\S+?)<", admin("source", values).content.decode())[1]
    source = Source.objects.get()
    assert source.token_hash == hashed(token) and token not in str(Source.objects.values())
    renew = {"action": "renew", "_selected_action": source.pk}
    page = client.post(reverse("admin:monitoring_source_changelist"), renew, follow=True).content.decode()
    fresh = re.search(r"一度だけ表示します）: (\S+?)<", page)[1]
    both = [Source.objects.with_token(hashed(t), at(10)).count() for t in (token, fresh)]
    assert both == [1, 1] and fresh != token
    assert not Source.objects.with_token(hashed(token), at(10) + registry.ROTATION).exists()


def test_a_heartbeat_fits_its_duty(admin, client):
    values = {
        "name": "スキャン", "key": 7, "planned_at": "06:00", "grace": 30, "closes": "on", "is_active": "on",
        "fills": '{"scheduled_scan": "OK"}', "fails": "{}",
    }  # fmt: skip
    for change, said in (
        ({"key": 58}, "定期の業務"),
        ({"key": 29}, "自動では完了にできません"),
        ({"fills": '{"nothing": "OK"}'}, "記入項目「nothing」はありません"),
    ):
        assert said in admin("heartbeat", {**values, **change}).content.decode()
    assert not Heartbeat.objects.exists()
    token = re.search(r"/beat/([\w-]+)/", admin("heartbeat", values).content.decode())[1]
    client.logout()
    assert client.get(f"/beat/{token}/").status_code == 200


def test_a_window_and_its_devices(admin):
    device = Device.objects.create(name="web01")
    values = {
        "name": "月次",
        "devices": [device.pk],
        "rule": "business_day",
        "n": 3,
        "starts_at": "22:00",
        "minutes": 60,
        "is_active": "on",
    }
    admin("maintenancewindow", values)
    assert list(MaintenanceWindow.objects.get().devices.all()) == [device]
    assert "何日目か" in admin("maintenancewindow", {**values, "name": "x", "n": ""}).content.decode()


def test_what_is_no_longer_watched_has_no_alert(cast, edition):
    device = Device.objects.create(name="web01")
    alert = raise_alert(finding(device), by=None, at=at(10))
    device.is_active = False
    registry.keep(device, by=cast.kubo, at=at(11))
    alert.refresh_from_db()
    assert alert.recovered_at == at(11)


def test_a_name_is_one_devices(cast):
    one, two = Device.objects.create(name="a"), Device.objects.create(name="b")
    registry.rename(one, ["x"], by=cast.kubo, at=at())
    with pytest.raises(Refusal, match="ほかの機器の別名"):
        registry.rename(two, ["X "], by=cast.kubo, at=at())


def test_a_minute_takes_so_many(db):
    source = Source.objects.create(name="s", kind="event")
    assert [take(source, 3, at(10), n) for n in (2, 1, 1)] == [True, True, False]
    assert take(source, 3, at(10, 1)) and not take(source, 3, at(10, 2), 4)


def test_doors(cast, edition, client):
    client.force_login(cast.ishii)
    assert client.get(reverse("admin:monitoring_device_changelist")).status_code == 403
