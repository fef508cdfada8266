"""progress.close_many: many at once, a result a row, an event each."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import progress
from tasks.models import Task
from tests.make import TODAY, at, make_task


@pytest.fixture
def days(edition):
    found = [TODAY - timedelta(n) for n in range(5)]
    return [make_task(9, period_on=day, due_on=day) for day in found]


def close_many(tasks, cast, **given):
    return progress.close_many(tasks, **{"by": cast.sato, "at": at(17), "is_confirmed": True, **given})


def test_it_works(cast, days):
    results = close_many(days, cast)
    assert [r.is_done for r in results] == [True] * 5
    for task in Task.objects.all():
        assert task.state == "done" and task.outcome == "normal" and set(task.answers.values()) == {"OK"}
    assert Event.objects.filter(code="task.closed").count() == 5


def test_without_having_checked_everything_a_row_with_required_fields_stays_open(cast, days):
    free = make_task(32, period_on=TODAY.replace(day=1))
    results = {r.task.pk: r for r in close_many([*days[:1], free], cast, is_confirmed=False)}
    assert results[free.pk].is_done and not results[days[0].pk].is_done
    assert "全項目を確認した" in results[days[0].pk].sentence


def test_a_result_for_each_row(cast, edition):
    good, taken, foreign, asks, found = (
        make_task(7), make_task(9), make_task(8, cast.shiomi), make_task(30, period_on=TODAY.replace(day=1)),
        make_task(9, period_on=TODAY - timedelta(1), due_on=TODAY - timedelta(1)),
    )  # fmt: skip
    ok = dict.fromkeys(("online", "night_batch", "backup", "disk_space", "event_log", "equipment"), "OK")
    progress.close(taken, by=cast.takahashi, team=cast.team["operations"], at=at(10), answers=ok)
    progress.save_answers(
        found, by=cast.sato, team=cast.team["operations"], at=at(10), answers={"disk_space": "NG"}
    )
    results = {r.task.pk: r for r in close_many([good, taken, foreign, asks, found], cast)}
    assert results[good.pk].is_done and Task.objects.get(pk=good.pk).answers["detections"] == 0
    assert "10:00 に 高橋 亮" in results[taken.pk].sentence
    assert "主担当" in results[foreign.pk].sentence
    assert results[asks.pk].sentence == "調整結果を入力してください。"
    assert "所見" in results[found.pk].sentence
    assert Event.objects.filter(code="task.closed").count() == 2


def test_not_more_than_two_hundred(cast, days):
    with pytest.raises(Refusal, match="200 件まで"):
        close_many(days * 41, cast)


def test_the_pages(client, cast, days):
    url = reverse("tasks:close_many")
    foreign = make_task(8, cast.shiomi)
    ids = [t.pk for t in days] + [foreign.pk]
    with time_machine.travel(at(17), tick=False):
        client.force_login(cast.sato)
        assert client.get(url).status_code == 302
        page = client.post(url, {"task": ids}).content.decode()
        assert (
            "オンラインサービス稼働 OK" in page
            and "5件の完了を記録する" in page
            and "クライアントPC" not in page
        )
        assert Task.objects.open().count() == 6
        page = client.post(url, {"task": ids, "confirmed": "1", "is_confirmed": "1"}).content.decode()
        assert "5件を完了にしました。残り 0件。" in page
    assert list(Task.objects.open()) == [foreign]
