"""tasks:save and the form: what is typed is kept, read, and given back when it is refused."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import progress
from tasks.models import Task
from tests.make import at, make_task

PCS = {"machines": "86", "updated": "84", "not_updated": "2", "detections": "0"}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(at(10, 58), tick=False):
        yield


@pytest.fixture
def task(cast, edition, holidays):
    return make_task(8, cast.shiomi)


def form(**answers):
    return {f"f-{key}": value for key, value in answers.items()}


def post(client, person, name, task, data):
    client.force_login(person)
    return client.post(reverse(f"tasks:{name}", args=[task.pk]), data)


def test_it_works(client, cast, task):
    page = post(
        client,
        cast.ono,
        "save",
        task,
        {**form(machines="８６", updated="1,0"), "remark": "途中", "version": "0"},
    )
    assert page.status_code == 302
    task.refresh_from_db()
    assert task.answers == {"machines": 86, "updated": 10} and task.remark == "途中"
    assert task.is_begun and task.saved_at == at(10, 58) and task.version == 1
    assert Event.objects.about(task).get().code == "task.saved"


def test_what_can_not_be_read_is_given_back_as_it_was_typed(client, cast, task):
    page = post(client, cast.ono, "save", task, form(machines="八十六", updated="84"))
    text = page.content.decode()
    assert page.status_code == 422
    assert "総台数: 数字で入力してください。" in text and 'value="八十六"' in text and 'value="84"' in text
    assert '<a href="#f-machines">' in text and 'id="f-machines"' in text
    assert "<title>エラー: " in text
    assert Task.objects.get(pk=task.pk).answers == {}


def test_a_stale_form_says_who_and_keeps_what_was_typed(client, cast, task):
    progress.save_answers(
        task, by=cast.horie, team=cast.team["shiomi"], at=at(10, 50), answers={"machines": "90"}
    )
    page = post(client, cast.ono, "save", task, {**form(machines="86"), "version": "0"})
    text = page.content.decode()
    assert page.status_code == 409
    assert "10:50 に 堀江 正樹(汐見市) が変更しました" in text and 'value="86"' in text
    assert 'name="version" value="1"' in text
    assert post(client, cast.ono, "save", task, {**form(machines="86"), "version": "1"}).status_code == 302


def test_support_fills_in_and_related_does_not(cast, edition):
    support = make_task(18)
    task = make_task(9)
    with pytest.raises(PermissionDenied):
        progress.save_answers(
            task, by=cast.morishita, team=cast.team["union"], at=at(), answers={"online": "OK"}
        )
    progress.save_answers(
        support, by=cast.morishita, team=cast.team["union"], at=at(), answers={"cause": "停電"}
    )
    assert Task.objects.get(pk=support.pk).answers == {"cause": "停電"}


def test_on_a_common_task_a_municipality_fills_in_nothing_that_is_not_its_own(client, cast, edition):
    task = make_task(9)
    with pytest.raises(PermissionDenied):
        progress.save_answers(task, by=cast.ono, team=cast.team["shiomi"], at=at(), answers={"online": "OK"})
    assert post(client, cast.ono, "save", task, form(online="OK")).status_code in (302, 403)
    assert Task.objects.get(pk=task.pk).answers == {}


def test_a_closed_task_takes_no_more_answers(cast, task):
    progress.close(task, by=cast.ono, team=cast.team["shiomi"], at=at(10), answers=PCS)
    with pytest.raises(Refusal, match="すでに完了"):
        progress.save_answers(
            task, by=cast.ono, team=cast.team["shiomi"], at=at(11), answers={"machines": "1"}
        )


def test_lines_grow_and_shrink_without_script(client, cast, edition):
    task = make_task(29, cast.shiomi)
    typed = {"f-lines-0-process": "国保", "f-lines-1-process": "住民税", "f-lines-2-process": ""}
    page = post(client, cast.ono, "save", task, {**typed, "add-line": "lines"}).content.decode()
    assert 'name="f-lines-3-process"' in page and 'value="国保"' in page
    page = post(client, cast.ono, "save", task, {**typed, "drop-line": "lines.0"}).content.decode()
    assert (
        'value="国保"' not in page
        and 'name="f-lines-0-process" id="f-lines-0-process" value="住民税"' in page
    )
    assert Task.objects.get(pk=task.pk).version == 0


def test_lines_with_an_error_in_a_cell(client, cast, edition, holidays):
    task = make_task(29, cast.shiomi)
    typed = {
        "f-lines-0-process": "国保",
        "f-lines-0-process_on": "2026/11/22",
        "f-lines-0-deliver_on": "2026/11/25",
    }
    page = post(client, cast.ono, "save", task, typed)
    text = page.content.decode()
    assert page.status_code == 422
    assert "明細1行目 処理日: 11/22(日) は閉庁日です。" in text and '<a href="#f-lines-0-process_on">' in text
    typed["f-lines-0-process_on"] = "2026/11/24"
    assert post(client, cast.ono, "save", task, typed).status_code == 302
    assert Task.objects.get(pk=task.pk).answers["lines"][0]["process_on"] == "2026-11-24"


def test_all_checked_fills_the_rest_in_without_recording(client, cast, edition):
    task = make_task(9)
    typed = {"f-disk_space": "NG", "fill-normal": "1", "remark": "満杯"}
    text = post(client, cast.sato, "save", task, typed).content.decode()
    assert text.count('value="OK" id') == 6 and text.count("checked") >= 6 and "満杯" in text
    assert "ディスク空き容量 が NG です。" in text and "6/6 入力済" in text
    assert Task.objects.get(pk=task.pk).version == 0


@pytest.mark.parametrize("name", ["save", "close", "sign", "comment", "attach", "take"])
def test_after_signing_in_again_the_page_comes_back(client, cast, task, name):
    client.force_login(cast.ono)
    page = client.get(reverse(f"tasks:{name}", args=[task.pk]))
    assert page.status_code == 302 and page.url.startswith(f"/tasks/{task.pk}/")
    client.logout()
    page = client.post(
        reverse(f"tasks:{name}", args=[task.pk]), headers={"referer": f"http://testserver/tasks/{task.pk}/"}
    )
    assert page.url.endswith(f"next=/tasks/{task.pk}/")


def test_a_foreign_task_is_not_there(client, cast, edition):
    task = make_task(8, cast.kirihara)
    for name in ("save", "close", "sign", "skip", "reopen", "comment", "attach", "take", "let_go", "assign"):
        assert post(client, cast.ono, name, task, {"text": "x", "reason": "x"}).status_code == 404, name
    assert Event.objects.about(task).count() == 0
