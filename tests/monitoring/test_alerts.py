"""Alerts: one while it is open, a task of its row, recovery, storms; who reads them."""

from datetime import timedelta

import pytest

from monitoring.alerts import confirm, raise_alert, recover
from monitoring.findings import Finding, fingerprint
from monitoring.models import Alert, AlertEvent, Device, MaintenanceWindow, Source, State, Watch
from opsdesk.audit.timeline import timeline_of
from opsdesk.notices.models import Notice
from tasks import closing
from tasks.models import Case, Task
from tests.make import TODAY, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def db01(edition):
    return Device.objects.create(name="db01", address="10.1.2.3")


def finding(device, what="ping", **more):
    values = {"watch": Watch.LIVENESS, "title": f"{device} {what} 応答なし", "said": "timed out", **more}
    return Finding(fingerprint=fingerprint(device and device.pk, what), device=device, **values)


@pytest.mark.parametrize(
    ("watch", "number"), [("log", 57), ("liveness", 58), ("performance", 59), ("hardware", 60)]
)
def test_an_alert_opens_a_task_of_its_row_for_who_has_the_mark(cast, db01, watch, number):
    alert = raise_alert(finding(db01, watch=watch), by=None, at=at(10))
    assert (alert.state, alert.count, alert.task.duty.number) == (State.DOWN, 1, number)
    assert alert.task.answers["content"] == "db01 ping 応答なし\ntimed out"
    assert alert.case.title == "db01 ping 応答なし" and alert.case.raised_for == cast.team["hwnw"]
    assert list(Notice.objects.values_list("person__login", flat=True)) == ["ishii"]
    for person, sees in (("ishii", True), ("morishita", True), ("sato", False), ("ono", False)):
        user = getattr(cast, person)
        assert Alert.objects.visible_to(user, TODAY).exists() is sees, person
        assert Device.objects.visible_to(user, TODAY).exists() is sees, person
        assert Task.objects.visible_to(user, TODAY).filter(pk=alert.task_id).exists() is sees, person


def test_it_counts_up_while_it_is_open_and_recovery_is_noted(cast, db01):
    first = raise_alert(finding(db01, state=State.WARNING), by=None, at=at(10))
    again = raise_alert(finding(db01, said="refused"), by=None, at=at(10, 1))
    assert again.pk == first.pk and (again.count, again.said, again.state) == (2, "refused", State.DOWN)
    assert Case.objects.count() == 1
    over = recover(first.fingerprint, by=None, at=at(10, 5), said="0.1秒", device=db01)
    assert over.pk == first.pk and over.recovered_at == at(10, 5)
    assert list(AlertEvent.objects.order_by("pk").values_list("kind", flat=True)) == [
        "bad",
        "bad",
        "recovered",
    ]
    assert recover(first.fingerprint, by=None, at=at(10, 6), device=db01) is None
    titles = [entry.title for entry in timeline_of(first.case)]
    assert "監視で復旧を確認" in titles
    flap = raise_alert(finding(db01), by=None, at=at(10, 7))
    assert flap.pk != first.pk and flap.task == first.task and Case.objects.count() == 1
    assert "監視で再び検知" in [entry.title for entry in timeline_of(first.case)]


def test_closing_it_as_an_incident_opens_the_reception_filled_in(cast, db01):
    alert = raise_alert(finding(db01), by=None, at=at(10))
    answers = {"judgement": "障害", "content": "電源断"}
    closing.close(alert.task, by=cast.ishii, team=cast.team["hwnw"], at=at(10, 20), answers=answers)
    incident = Case.objects.get(kind="incident")
    step = incident.steps.get()
    assert step.duty.number == 15 and incident.title == alert.title
    assert step.answers == {
        "caller": "システム監視(死活)",
        "channel": "監視",
        "noticed_at": "2026-11-24T10:00+09:00",
        "content": "電源断",
    }
    recover(alert.fingerprint, by=None, at=at(11), device=db01)
    fresh = raise_alert(finding(db01), by=None, at=at(12))
    assert fresh.task != alert.task  # judged, so the next time is a new one


def test_a_storm_makes_ten_alerts_and_loses_no_event(cast, db01):
    for n in range(600):
        raise_alert(finding(db01, f"log {n % 300}"), by=None, at=at(10) + timedelta(seconds=n / 10))
    assert Alert.objects.count() == 10 and AlertEvent.objects.filter(alert__isnull=False).count() == 600
    assert Case.objects.count() == 10
    storm = Alert.objects.get(is_storm=True)
    assert storm.count == 600 - 18 and "db01" in storm.title
    for n in range(300):
        recover(fingerprint(db01.pk, f"log {n}"), by=None, at=at(10, 2), device=db01)
        if n == 150:
            assert Alert.objects.open().filter(is_storm=True).exists()
    assert not Alert.objects.open().exists()
    assert raise_alert(finding(db01, "log 1"), by=None, at=at(11, 30)).is_storm is False


def test_the_same_event_of_a_source_is_one(cast, db01):
    source = Source.objects.create(name="zabbix", kind="zabbix")
    for _n in range(2):
        alert = raise_alert(finding(db01, source=source, ref="4711"), by=None, at=at(10))
    assert alert.count == 1 and AlertEvent.objects.count() == 1
    for _n in range(2):
        over = recover(alert.fingerprint, by=None, at=at(11), source=source, ref="4712", device=db01)
    assert over.recovered_at == at(11) and AlertEvent.objects.count() == 2


def test_in_a_maintenance_window_nothing_is_raised_but_kept(cast, db01, holidays):
    window = MaintenanceWindow.objects.create(
        name="月次", rule="business_day", n=15, starts_at="22:00", minutes=180
    )
    window.devices.add(db01)
    assert raise_alert(finding(db01), by=None, at=at(23)) is None
    assert raise_alert(finding(db01), by=None, at=at(0, 30) + timedelta(days=1)) is None
    assert AlertEvent.objects.filter(alert=None, device=db01).count() == 2
    assert raise_alert(finding(db01), by=None, at=at(1, 0) + timedelta(days=1)) is not None


def test_who_confirms_first_is_kept(cast, db01):
    alert = raise_alert(finding(db01), by=None, at=at(10))
    confirm(alert, by=cast.ishii, team=cast.team["hwnw"], at=at(10, 5), note="現地へ")
    confirm(alert, by=cast.morishita, team=cast.team["union"], at=at(10, 9), note="二番目")
    alert.refresh_from_db()
    assert (alert.seen_by, alert.seen_note, alert.seen_at) == (cast.ishii, "現地へ", at(10, 5))


def test_without_a_matrix_there_is_the_alert_alone(cast):
    device = Device.objects.create(name="web01", organization=cast.shiomi)
    alert = raise_alert(finding(device), by=None, at=at(10))
    assert alert.case is None and alert.organization == cast.shiomi
