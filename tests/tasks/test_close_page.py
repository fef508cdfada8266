"""tasks:close: closing from the page and from a row of a list."""

import pytest
import time_machine
from django.urls import reverse

from opsdesk.accounts.models import Membership
from opsdesk.audit.models import Event
from tasks import progress
from tasks.models import Task
from tests.cast import STARTED_ON
from tests.make import TODAY, at, make_task

KEYS = ("online", "night_batch", "backup", "disk_space", "event_log", "equipment")
OK = dict.fromkeys(KEYS, "OK")
FORM = {f"f-{key}": "OK" for key in KEYS} | {
    "outcome": "normal",
    "done_on": "令和8年11月24日(火)",
    "version": "0",
}
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(at(10, 58), tick=False):
        yield


@pytest.fixture
def task(edition, holidays):
    return make_task(9)


def post(client, person, task, data=FORM, name="close", **headers):
    client.force_login(person)
    return client.post(reverse(f"tasks:{name}", args=[task.pk]), data, headers=headers)


def test_it_works(client, cast, task):
    page = post(client, cast.sato, task)
    assert page.status_code == 302 and page.url == f"/tasks/{task.pk}/"
    task.refresh_from_db()
    assert (task.state, task.closed_by, task.done_on, task.outcome) == ("done", cast.sato, TODAY, "normal")
    text = client.get(page.url).content.decode()
    assert "完了にしました" in text and f"draft:task-{task.pk}-{cast.sato.pk}" in text and "取り消す" in text


def test_a_double_click_is_one_closing_and_no_complaint(client, cast, task):
    assert [post(client, cast.sato, task).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.about(task).filter(code="task.closed").count() == 1


def test_the_second_person_is_told_and_sees_what_was_typed(client, cast, task):
    post(client, cast.takahashi, task)
    page = post(client, cast.sato, task, {**FORM, "remark": "AP02 81%"})
    text = page.content.decode()
    assert page.status_code == 409
    assert "10:58 に 高橋 亮(業務運用) がすでに完了にしています" in text and "AP02 81%" in text


def test_what_is_missing_is_said_and_the_rest_kept(client, cast, task):
    page = post(client, cast.sato, task, {**FORM, "f-equipment": "", "remark": "見た", "done_on": "きのう"})
    text = page.content.decode()
    assert page.status_code == 422 and 'value="きのう"' in text and "見た" in text
    page = post(client, cast.sato, task, {k: v for k, v in FORM.items() if k != "f-equipment"})
    text = page.content.decode()
    assert "機器ランプ・空調・電源を選んでください。" in text and '<a href="#f-equipment">' in text
    assert text.count("checked") >= 5
    assert Task.objects.get(pk=task.pk).is_open


def test_a_file_is_kept_even_if_the_closing_is_refused(client, cast, task):
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = post(
        client,
        cast.sato,
        task,
        {"version": "0", "file": SimpleUploadedFile("点検表.txt", "異常なし".encode())},
    )
    assert page.status_code == 422 and "点検表.txt" in page.content.decode()
    assert task.attachments.get().name == "点検表.txt"


@pytest.mark.parametrize("person, status", [("ono", 403), ("morishita", 403), ("yamaguchi", 404)])
def test_who_may_not(client, cast, task, person, status):
    assert post(client, getattr(cast, person), task).status_code == status
    assert Task.objects.get(pk=task.pk).is_open


def test_the_row_of_a_list_gets_the_form_and_then_the_closed_row(client, cast, task):
    client.force_login(cast.sato)
    url = reverse("tasks:close", args=[task.pk])
    form = client.get(url, headers=HTMX).content.decode()
    assert (
        form.lstrip().startswith('<form class="close"')
        and f'id="close-{task.pk}"' in form
        and "<html" not in form
    )
    refused = client.post(url, {"version": "0"}, headers=HTMX)
    assert refused.status_code == 422 and refused["HX-Retarget"] == f"#close-{task.pk}"
    closed = client.post(url, FORM, headers=HTMX)
    assert closed.status_code == 200
    text = closed.content.decode()
    assert text.lstrip().startswith('<li class="task done"') and "取り消す" in text and "<html" not in text
    assert client.get(f"{url}?stop=1", headers=HTMX).content == b""


def test_the_row_tells_who_was_faster(client, cast, task):
    progress.close(task, by=cast.takahashi, team=cast.team["operations"], at=at(10, 50), answers=OK)
    client.force_login(cast.sato)
    answer = client.post(reverse("tasks:close", args=[task.pk]), FORM, headers=HTMX)
    assert answer.status_code == 409 and "10:50 に 高橋 亮" in answer.content.decode()


def test_the_row_is_for_the_main_mark_only(client, cast, task):
    client.force_login(cast.ono)
    assert client.get(reverse("tasks:close", args=[task.pk]), headers=HTMX).status_code == 403


def test_with_several_teams_it_asks_for_which(client, cast, edition):
    Membership.objects.create(user=cast.sato, team=cast.team["hwnw"], starts_on=STARTED_ON)
    task = make_task(25)
    form = {"f-result": "回復", "f-confirmed": "印刷できた", "outcome": "normal", "version": "0"}
    page = post(client, cast.sato, task, form)
    assert page.status_code == 422 and "どの担当として記録するか" in page.content.decode()
    assert post(client, cast.sato, task, {**form, "team": cast.team["hwnw"].pk}).status_code == 302
    assert Task.objects.get(pk=task.pk).closed_for == cast.team["hwnw"]


def test_the_union_acts_for_the_team(client, cast, task):
    client.force_login(cast.morishita)
    page = client.get(reverse("tasks:detail", args=[task.pk]), {"proxy": "1"})
    text = page.content.decode()
    assert "代行の理由" in text and "完了を記録する" in text
    assert post(client, cast.morishita, task, {**FORM, "proxy": "1"}).status_code == 422
    assert (
        post(client, cast.morishita, task, {**FORM, "proxy": "1", "reason": "不在のため"}).status_code == 302
    )
    text = client.get(reverse("tasks:detail", args=[task.pk])).content.decode()
    assert "代行" in text and "不在のため" in text
