"""The page on which one task gets another due day."""

import re
from datetime import date

import pytest

from tests.make import TODAY, at, make_task

FRIDAY = date(2026, 11, 27)


@pytest.fixture
def sit(client, cast, edition, holidays, time_machine):
    time_machine.move_to(at(10), tick=False)
    cast.task = make_task(36, due_on=date(2026, 11, 26))

    def ask(who="morishita", data=None, task=None):
        client.force_login(getattr(cast, who))
        path = f"/tasks/{(task or cast.task).pk}/move/"
        response = client.get(path) if data is None else client.post(path, data)
        main = re.search(r"<main.*</main>", response.content.decode(), re.S)
        cast.task.refresh_from_db()
        return response, " ".join(re.sub(r"<[^>]+>", " ", main.group()).split()) if main else ""

    return ask


def test_it_works(sit, cast, client):
    client.force_login(cast.morishita)
    assert f"/tasks/{cast.task.pk}/move/" in client.get(f"/tasks/{cast.task.pk}/").content.decode()
    response, words = sit()
    assert "いまの期限は令和8年11月26日(木) 17:15 です。" in words and "11/25(水) 第16開庁日" in words
    response, _words = sit(data={"to": "R8.11.27", "reason": "停電のため", "version": "0"})
    assert response.url == f"/tasks/{cast.task.pk}/" and cast.task.due_on == FRIDAY
    words = client.get(response.url).content.decode()
    assert "期限を令和8年11月27日(金) 第18開庁日 17:15 に移しました。" in words


@pytest.mark.parametrize(
    ("given", "status", "sentence"),
    [
        ({"reason": " "}, 422, "入力してください"),
        ({"to": ""}, 422, "入力してください"),
        ({"to": "あす"}, 422, "日付として読めません"),
        ({"to": "R8.11.28"}, 422, "閉庁日です（土曜日）"),
        ({"to": "R8.11.20"}, 422, "過ぎています"),
        ({"to": "R8.11.26"}, 422, "期限はもう"),
        ({"version": "7"}, 409, "変更しました"),
    ],
)
def test_refusals(sit, cast, given, status, sentence):
    data = {"to": "R8.11.27", "reason": "停電のため", "version": "0", **given}
    response, words = sit(data=data)
    assert response.status_code == status and sentence in words
    assert cast.task.due_on == date(2026, 11, 26)
    if data["to"]:
        assert f'value="{data["to"]}"' in response.content.decode(), "what was typed stays"


def test_a_closed_task_is_not_moved(sit, cast):
    done = make_task(9, state="done", done_on=TODAY, closed_at=at(9), closed_by=cast.sato)
    response, words = sit(data={"to": "R8.11.27", "reason": "停電"}, task=done)
    assert response.status_code == 409 and "すでに完了" in words


@pytest.mark.parametrize(("who", "status"), [("ishii", 404), ("ono", 403), ("takahashi", 403), ("kubo", 403)])
def test_doors(sit, who, status):
    assert sit(who)[0].status_code == status


def test_wrong_method(sit, cast, client):
    sit()
    assert client.put(f"/tasks/{cast.task.pk}/move/").status_code == 405
