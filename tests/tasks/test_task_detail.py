"""The page of a task: who sees it, what it shows, in how many statements."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from opsdesk.audit.record import command, record
from tasks import progress
from tasks.commenting import comment
from tasks.models import Comment, Task
from tasks.papers import EVENTS, LIMIT
from tests.make import TODAY, at, make_task

OK = dict.fromkeys(("online", "night_batch", "backup", "disk_space", "event_log", "equipment"), "OK")


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(at(10, 58), tick=False):
        yield


@pytest.fixture
def task(edition, holidays):
    return make_task(9)


def get(client, person, task, **query):
    client.force_login(person)
    return client.get(reverse("tasks:detail", args=[task.pk]), query)


def test_it_works(client, cast, task):
    page = get(client, cast.sato, task)
    text = page.content.decode()
    assert page.status_code == 200
    for words in (
        "No.9",
        "日常点検の実施",
        "今日 17:15まで",
        "令和8年11月24日(火) 第15開庁日",
        "オンラインサービス稼働",
        "完了を記録する",
    ):
        assert words in text, words
    assert text.count("<h1>") == 1


@pytest.mark.parametrize(
    "person, status", [("ono", 200), ("morishita", 200), ("yamaguchi", 404), ("ogawa", 404), ("kubo", 403)]
)
def test_who_sees_it(client, cast, task, person, status):
    assert get(client, getattr(cast, person), task).status_code == status


def test_a_municipality_sees_its_own_and_nobody_elses(client, cast, edition):
    own, foreign = make_task(8, cast.shiomi), make_task(8, cast.kirihara)
    assert get(client, cast.ono, own).status_code == 200
    assert get(client, cast.ono, foreign).status_code == 404
    assert get(client, cast.morishita, foreign).status_code == 200


def test_only_the_main_mark_is_offered_to_close(client, cast, task):
    assert "完了を記録する" in get(client, cast.sato, task).content.decode()
    for person in (cast.ono, cast.morishita):
        text = get(client, person, task).content.decode()
        assert "完了を記録する" not in text and "対象外にする" not in text
    assert "代行する" in get(client, cast.morishita, task).content.decode()


def test_a_stranger_is_sent_to_sign_in_and_back(client, task):
    page = client.get(reverse("tasks:detail", args=[task.pk]))
    assert page.status_code == 302 and page.url.endswith(f"next=/tasks/{task.pk}/")


def test_wrong_method(client, cast, task):
    client.force_login(cast.sato)
    assert client.post(reverse("tasks:detail", args=[task.pk])).status_code == 405


def test_findings_of_what_is_saved(client, cast, task):
    progress.save_answers(
        task, by=cast.sato, team=cast.team["operations"], at=at(10, 50), answers={**OK, "disk_space": "NG"}
    )
    text = get(client, cast.sato, task).content.decode()
    assert "ディスク空き容量 が NG です。" in text and "所見があるため「正常」は選べません" in text
    assert "途中保存</span>" not in text and "10:50" in text


def test_the_last_closings_and_the_periods_around(client, cast, task):
    for days in (4, 5, 6, 7):
        day = TODAY - timedelta(days)
        old = make_task(9, due_on=day, period_on=day)
        progress.close(old, by=cast.sato, team=cast.team["operations"], at=at(10, on=day), answers=OK)
    text = get(client, cast.sato, task).content.decode()
    assert "直近3回" in text and "11/20(金)" in text and "11/18(水)" in text and "11/17(火)" not in text
    assert "前の期間 11/20(金)" in text
    assert text.count('class="nw">OK') == 6  # 前回


def test_what_waits_and_what_is_waited_for(client, cast, edition):
    month = {"period_on": date(2026, 11, 1), "due_on": TODAY}
    before, after = make_task(31, **month), make_task(33, **month)
    text = get(client, cast.sato, make_task(32, **month)).content.decode()
    assert "先行待ち" in text
    for other in (before, after):
        assert f'href="/tasks/{other.pk}/"' in text


def test_machines_are_carried_over_from_the_day_before(client, cast, edition):
    before = make_task(8, cast.shiomi, due_on=TODAY - timedelta(4), period_on=TODAY - timedelta(4))
    answers = {"machines": "86", "updated": "84", "not_updated": "2", "detections": "0"}
    progress.close(
        before, by=cast.ono, team=cast.team["shiomi"], at=at(9, on=TODAY - timedelta(4)), answers=answers
    )
    text = get(client, cast.ono, make_task(8, cast.shiomi)).content.decode()
    assert 'value="86"' in text and "前回 84" in text and 'value="84"' not in text


def test_lines_begin_with_what_was_settled_before(client, cast, edition):
    month = {"period_on": date(2026, 11, 1), "due_on": TODAY}
    lines = [
        {"process": "国保", "process_on": "2026-11-12"},
        {"process": "住民税", "process_on": "2026-11-10"},
    ]
    make_task(29, cast.shiomi, answers={"lines": lines}, **month)
    task = make_task(32, **month)
    assert "住民税" not in get(client, cast.sato, task).content.decode()
    make_task(30, state="done", closed_at=at(), done_on=TODAY, **month)
    text = get(client, cast.sato, task).content.decode()
    assert text.index("住民税") < text.index("国保") and 'value="R8.11/12(木)"' in text


def test_the_months_requests_stand_on_the_page_that_settles_them(client, cast, edition):
    month = {"period_on": date(2026, 11, 1), "due_on": TODAY}
    same = {"process": "国保", "process_on": "2026-11-12"}
    make_task(29, cast.shiomi, answers={"lines": [same, {"process": "住民税"}]}, **month)
    make_task(29, cast.kirihara, answers={"lines": [same]}, **month)
    make_task(29, cast.mizuno, **month)
    task = make_task(30, **month)
    text = get(client, cast.sato, task).content.decode()
    assert text.count("他団体と重複") == 2 and "未提出" in text and "住民税" in text
    own = get(client, cast.ono, task).content.decode()
    assert "住民税" in own and "桐原市" not in own and "瑞野町" not in own


@pytest.mark.parametrize("others", [10, 1000])
@pytest.mark.parametrize("number, person", [(9, "sato"), (9, "ono"), (29, "ono"), (9, "morishita")])
def test_statements(client, cast, edition, holidays, django_assert_max_num_queries, others, number, person):
    organization = cast.shiomi if number == 29 else cast.union
    month = {"period_on": date(2026, 11, 1), "due_on": TODAY} if number == 29 else {}
    task = make_task(number, organization, **month)
    first = date(2020, 1, 1)
    Task.objects.bulk_create(
        Task(
            key=task.key, duty=task.duty, organization=organization, period=str(first + timedelta(n)),
            period_on=first + timedelta(n), opens_on=first + timedelta(n), due_on=first + timedelta(n),
            due_at=at(17, 15, on=first + timedelta(n)), created_at=at(), state="done", closed_at=at(),
            done_on=first,
        )
        for n in range(others)
    )  # fmt: skip
    for n in range(others // 10):
        task.comments.create(text=f"{n}", team=cast.team["operations"], by=cast.sato, at=at())
    get(client, getattr(cast, person), task)  # a process learns the definition of a published duty once
    with django_assert_max_num_queries(10):
        assert client.get(reverse("tasks:detail", args=[task.pk])).status_code == 200


@command
def happen(task, times):
    for n in range(times):
        record("task.taken", task, by=None, at=at(9), stream="kyotei", n=n)


def test_the_newest_of_a_long_history(client, cast, task):
    happen(task, EVENTS)
    text = get(client, cast.sato, task).content.decode()
    assert text.count("引き受け") >= EVENTS
    assert f"{EVENTS + 1}件 書き換えは" in text  # and that it was made
    assert "作業を作成" in text
    happen(task, 1)
    page = get(client, cast.sato, task)
    found = page.context["page"].history
    assert len(found) == EVENTS
    assert "作業を作成" not in page.content.decode()
    kept = page.context["page"].papers.events
    assert [e.data["n"] for e in kept[:2]] == [0, EVENTS - 1]  # the newest first


def test_a_long_history_hides_no_comment(client, cast, task):
    for n in range(3):
        comment(task, by=cast.sato, team=cast.team["operations"], at=at(8, n), text=f"書いた{n}")
    happen(task, EVENTS + 5)
    assert get(client, cast.sato, task).content.decode().count("書いた") >= 3


def test_many_comments_leave_the_history_there(client, cast, task):
    happen(task, 3)
    said = {"task": task, "by": cast.sato, "team": cast.team["operations"], "at": at(9, 30)}
    Comment.objects.bulk_create(Comment(text=f"書いた{n}", **said) for n in range(LIMIT + EVENTS + 9))
    page = get(client, cast.sato, task).context["page"]
    assert len(page.history) == 4
    assert [c.text for c in (page.papers.comments[0], page.papers.comments[-1])] == [
        f"書いた{LIMIT + EVENTS + 8}",
        f"書いた{EVENTS + 9}",
    ]
    assert len(page.papers.comments) == LIMIT
