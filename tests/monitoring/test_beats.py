"""Heartbeats: a success closes row 7 with its log, silence is an alert, and who sees both."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from monitoring.beats import LOG_LIMIT, answers_of, watch
from monitoring.models import Alert, Heartbeat, State
from monitoring.tokens import hashed
from opsdesk.audit.models import Event
from opsdesk.notices.models import Notice
from tasks import closing
from tasks.models import Attachment, Task
from tests.make import TODAY, at, make_task

FINE = {"definition_update": "OK", "scheduled_scan": "OK", "detections": "0"}
URL = "/beat/scanner-token/"


@pytest.fixture
def scanner(edition, holidays, settings, tmp_path, time_machine):
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(at(6), tick=False)
    return Heartbeat.objects.create(
        name="ウイルススキャン", key=7, token_hash=hashed("scanner-token"), planned_at=time(6), grace=30,
        fills=FINE, fails={"scheduled_scan": "NG"},
    )  # fmt: skip


def post(client, url=URL, log=b"", **how):
    return client.post(url, log, content_type="application/x-www-form-urlencoded", **how)


def test_success_closes_todays_task_with_its_log(cast, scanner, client):
    task, before = make_task(7), make_task(7, due_on=TODAY - timedelta(days=4))
    answer = post(client, log="検査 1,234 ファイル & 検出=0\x1b[0m\n".encode())
    assert (answer.status_code, answer.content.decode()) == (200, "記録して、作業を完了にしました。\n")
    assert answer.cookies == {} and answer["Content-Type"] == "text/plain; charset=utf-8"
    task.refresh_from_db()
    before.refresh_from_db()
    assert (task.state, task.outcome, before.state) == ("done", "normal", "open")
    assert (str(task.closed_by), task.closed_for, task.closed_at) == (
        "自動記録",
        cast.team["operations"],
        at(6),
    )
    log = Attachment.objects.get()
    with log.file.open() as kept:
        assert log.task == task and kept.read().decode() == "検査 1,234 ファイル & 検出=0[0m"
    assert log.name == "ウイルススキャン-20261124-060000.log"
    for person, sees in (("sato", True), ("morishita", True), ("ishii", False), ("ono", False)):
        client.force_login(getattr(cast, person))
        assert client.get(f"/tasks/{task.pk}/").status_code == (200 if sees else 404), person
        if not sees:
            assert client.get(reverse("tasks:file", args=[log.pk])).status_code == 404, person
    again = post(client)
    assert again.content.decode() == "記録しました。いま完了にする作業はありません。\n"


def test_silence_raises_the_alert_once_and_only_for_whom_the_marks_say(cast, scanner, client):
    task = make_task(7)
    assert watch(at(6, 30)) == 0
    for _n in range(2):
        assert watch(at(6, 31)) == 1
    alert = Alert.objects.get()
    assert (alert.state, alert.task, alert.count, alert.case) == (State.LATE, task, 1, None)
    assert alert.title == "ウイルススキャン の連絡がありません（予定 06:00）"
    told = Notice.objects.filter(code="alert.heartbeat", is_urgent=True)
    assert set(told.values_list("person__login", flat=True)) == {"sato", "takahashi"}
    for person, sees in (("sato", True), ("morishita", True), ("ishii", False), ("ono", False)):
        assert Alert.objects.visible_to(getattr(cast, person), TODAY).exists() is sees, person
    post(client)
    alert.refresh_from_db()
    assert alert.recovered_at == at(6) and watch(at(9)) == 0


def test_a_person_who_closes_it_ends_the_alert(cast, scanner):
    task = make_task(7)
    watch(at(7))
    closing.close(task, by=cast.sato, team=cast.team["operations"], at=at(8), answers=FINE)
    assert watch(at(8, 1)) == 0 and Alert.objects.get().recovered_at == at(8, 1)


def test_failure_is_a_finding_that_a_person_closes(cast, scanner, client):
    task = make_task(7)
    assert post(client, f"{URL}fail", "定義ファイルに接続できません".encode()).status_code == 200
    task.refresh_from_db()
    assert task.state == Task.State.OPEN and task.answers == {"scheduled_scan": "NG"}
    assert Attachment.objects.get().task == task
    alert = Alert.objects.get()
    assert (alert.state, alert.said) == (State.DOWN, "定義ファイルに接続できません")
    assert Notice.objects.filter(code="alert.heartbeat").count() == 2
    assert watch(at(9)) == 1 and Alert.objects.count() == 1
    post(client)  # the second try works
    assert Alert.objects.get().recovered_at is not None
    task.refresh_from_db()
    assert task.state == Task.State.DONE


def test_what_it_cannot_fill_in_stays_open_with_its_log(cast, scanner, client):
    scanner.fills = {"definition_update": "OK"}
    scanner.save()
    task = make_task(7)
    said = post(client, log=b"ok").content.decode()
    assert said.startswith("記録しました。作業は開いたままです（") and "検出件数" in said
    task.refresh_from_db()
    assert task.state == Task.State.OPEN and task.answers == {} and Attachment.objects.get().task == task
    assert watch(at(9)) == 0  # it was heard


def test_start_is_noted_and_a_get_will_do(cast, scanner, client):
    assert client.get(f"{URL}start").status_code == 200
    assert client.get(URL).status_code == 200
    scanner.refresh_from_db()
    assert scanner.started_at == scanner.succeeded_at == at(6)
    assert list(Event.objects.filter(object_type="monitoring.heartbeat").values_list("code", flat=True)[:2])


def test_refusals(cast, scanner, client):
    assert client.get("/beat/another/").status_code == 404
    assert client.put(URL).status_code == 405
    assert post(client, log=b"x" * (LOG_LIMIT + 1)).status_code == 413
    assert post(client, log=b"&a=%00" * 9000).status_code == 200  # it is a log, not a form
    scanner.is_active = False
    scanner.save()
    assert client.get(URL).status_code == 404


def test_too_many_calls_wait(cast, scanner, client):
    codes = [client.get(f"{URL}start").status_code for _n in range(62)]
    assert codes.count(200) == 60 and codes[-1] == 429


def test_lines_are_filled_in_where_they_are_empty(edition, holidays):
    lines = [{"process": "住民税", "start_result": "異常"}, {"process": "国保"}]
    task = make_task(32, answers={"lines": lines}, saved_at=at())
    fills = {"lines.start_result": "正常", "lines.started_on": "@today"}
    assert answers_of(task, fills, at()) == {
        "lines": [
            {"process": "住民税", "start_result": "異常", "started_on": "2026-11-24"},
            {"process": "国保", "start_result": "正常", "started_on": "2026-11-24"},
        ]
    }


STARTED = {"lines.started_on": "@today", "lines.started_by": "自動起動", "lines.start_result": "正常"}
ENDED = {"lines.end_state": "正常"}


@pytest.mark.parametrize(
    ("number", "fills", "field"),
    [(32, STARTED, ""), (33, ENDED, "result_report"), (34, STARTED, ""), (35, ENDED, "result_report")],
)
def test_a_batch_closes_its_own_row(cast, scanner, client, number, fills, field):
    task = make_task(number, period="2026-11", answers={"lines": [{"process": "住民税"}]}, saved_at=at(6))
    Heartbeat.objects.filter(pk=scanner.pk).update(key=number, fills=fills, fails={}, log=field)
    assert post(client, log=b"RC=0").content.decode() == "記録して、作業を完了にしました。\n"
    task.refresh_from_db()
    assert (task.state, task.outcome, str(task.closed_by)) == ("done", "normal", "自動記録")
    assert {f"lines.{key}" for key in task.answers["lines"][0]} == {"lines.process", *fills}
    log = Attachment.objects.get(task=task)
    assert log.field_key == field and log.file.open().read() == b"RC=0"
    log.file.close()
