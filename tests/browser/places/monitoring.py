"""Devices, alerts, rules and heartbeats."""

from datetime import timedelta
from typing import Any

from playwright.sync_api import Page

from monitoring.alerts import raise_alert
from monitoring.findings import Finding, fingerprint
from monitoring.models import (
    Check,
    Device,
    Heartbeat,
    LogRule,
    MaintenanceWindow,
    Sample,
    Source,
    UnknownName,
    Watch,
)
from tests.browser.places.place import Place, Places
from tests.browser.world import NOW


def long_word(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("ひとこと").fill("長" * 201)
    page.get_by_role("button", name="確認した").click()
    page.get_by_role("alert").wait_for()


def nothing_decided(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="決定する").click()
    page.get_by_role("alert").wait_for()


def nameless_rule(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="登録する").click()
    page.get_by_role("alert").wait_for()


PLACES: Places = {
    "sato": (  # 業務運用
        Place("/monitor/"),
        Place("/monitor/beats/"),
        Place("/monitor/devices/{device}/", status=404),
        Place("/monitor/wall/"),
        Place("/monitor/alerts/"),
        Place("/monitor/alerts/{alert}/", status=404),
        Place("/monitor/unknown/", status=403),
    ),
    "ishii": (  # HW/NW保守
        Place("/monitor/"),
        Place("/monitor/?state=up&q=x"),
        Place("/monitor/devices/{device}/"),
        Place("/monitor/devices/{quiet_device}/"),
        Place("/monitor/devices/{device}/performance/"),
        Place("/monitor/devices/{quiet_device}/performance/?span=week"),
        Place("/monitor/beats/"),
        Place("/monitor/wall/"),
        Place("/monitor/alerts/"),
        Place("/monitor/alerts/?state=any&q=x"),
        Place("/monitor/alerts/{alert}/"),
        Place("/monitor/alerts/{alert}/", "monitoring:alert_confirm", long_word, status=422),
        Place("/monitor/unknown/"),
        Place("/monitor/unknown/{unknown}/"),
        Place("/monitor/unknown/{unknown}/", act=nothing_decided, status=422),
        Place("/monitor/rules/"),
        Place("/monitor/rules/add/"),
        Place("/monitor/rules/{rule}/"),
        Place("/monitor/rules/add/", act=nameless_rule, status=422),
        Place("/cases/{alerted}/"),
    ),
    "kubo": (  # administrator
        Place("/admin/monitoring/device/{device}/change/"),
        Place("/admin/monitoring/check/add/"),
        Place("/admin/monitoring/heartbeat/add/"),
    ),
}
#: Addresses without a page of their own, and why.
NOT_PAGES: dict[str, str] = {
    "monitoring:healthz": "JSON for whoever starts the processes",
    "monitoring:metrics": "text for Prometheus",
    "monitoring:hook": "JSON for the tools of the field",
    "monitoring:beat": "text for a batch",
    "monitoring:beat_start": "text for a batch",
    "monitoring:beat_fail": "text for a batch",
}


def watched() -> dict[str, Any]:
    """A device with a check, a window and an alert, one that nobody watches yet, and a heartbeat."""
    device, quiet = Device.objects.create(name="AP01 業務APサーバ1", address="192.0.2.11"), "UPS01"
    MaintenanceWindow.objects.create(name="月次", rule="day", n=-1, starts_at="22:00", minutes=60)
    state = {"state": "up", "last_ok_at": NOW, "last_said": "0.012秒で応答"}
    limits = {"seconds": {"warning": 3, "critical": 10}}
    for name, kind in (("ping", "icmp"), ("ログイン画面", "http")):
        soon = NOW + timedelta(minutes=1)
        Check.objects.create(device=device, name=name, kind=kind, next_at=soon, limits=limits, **state)
    said = {"title": "AP01 ping 異常", "said": "時間内に応答がありません。"}
    found = Finding(fingerprint("x"), Watch.LIVENESS, device=device, **said)
    alert = raise_alert(found, by=None, at=NOW - timedelta(minutes=5))
    Heartbeat.objects.create(name="ウイルススキャン", key=7, succeeded_at=NOW)
    quiet_device = Device.objects.create(name=quiet)
    came = {"source": Source.objects.create(name="syslog", kind="event"), "first_at": NOW, "last_at": NOW}
    check = Check.objects.filter(device=device).first()
    Sample.objects.bulk_create(
        Sample(check_of=check, quantity="disk /", at=NOW - timedelta(hours=n), value=80 - n / 4)
        for n in range(24)
    )
    return {
        "device": device.pk, "quiet_device": quiet_device.pk, "alerted": alert.case.number, "alert": alert.pk,
        "unknown": UnknownName.objects.create(name="new-host01", said="停止", **came).pk,
        "rule": LogRule.objects.create(name="ディスク", text="disk.*full", is_pattern=True).pk,
    }  # fmt: skip
