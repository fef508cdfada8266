"""A task in words: how long it has, how it stands, for when it is."""

from datetime import date, timedelta

import pytest

from opsdesk.calendar.days import Calendar
from tasks.models import Task
from tasks.words import due_words, is_recorded_later, period_long, period_short, state_words
from tests.make import TODAY, at, make_task

CALENDAR = Calendar(holidays=frozenset({date(2026, 11, 23)}))


@pytest.mark.parametrize(
    "due_on, now, words",
    [
        (date(2026, 11, 19), at(9), ("over", "2開庁日超過")),
        (TODAY, at(17, 16), ("over", "17:15 を超過")),
        (TODAY, at(9), ("today", "今日 17:15まで")),
        (date(2026, 11, 27), at(9), ("soon", "あと3開庁日")),
    ],
)
def test_it_works(edition, due_on, now, words):
    task = make_task(9, period_on=date(2026, 11, 19), due_on=due_on)
    assert due_words(task, CALENDAR, now, TODAY) == words


def test_done_says_when(edition):
    task = make_task(9, state="done", closed_at=at(8, 52), done_on=TODAY)
    assert due_words(task, CALENDAR, at(9), TODAY) == ("done", "8:52 完了")


def test_the_state(cast, edition):
    task = make_task(9)
    assert state_words(task, at(9)) == ("", "未着手")
    assert state_words(task, at(18)) == ("bad", "超過")
    assert state_words(task, at(9), "業務運用") == ("wait", "署名待ち 業務運用")
    task.assignee = cast.sato
    assert state_words(task, at(9)) == ("run", "作業中")
    task.state, task.outcome = Task.State.DONE, "abnormal"
    assert state_words(task, at(9)) == ("warn", "完了(異常あり)")


def test_the_period(cast, edition):
    daily, monthly = make_task(9), make_task(30, period_on=date(2026, 12, 1), serial=1)
    assert period_long(daily, CALENDAR) == "令和8年11月24日(火) 第16開庁日"
    assert period_short(monthly, TODAY) == "令和8年12月 臨時1"
    assert period_short(make_task(28, period_on=date(2026, 4, 1)), TODAY).startswith("令和8年")


@pytest.mark.parametrize("days, later", [(0, False), (1, False), (4, False), (5, True)])
def test_recorded_later_is_more_than_a_business_day(edition, days, later):
    day = TODAY - timedelta(days)
    task = make_task(9, period_on=day, due_on=day, state="done", closed_at=at(9), done_on=day)
    assert is_recorded_later(task, CALENDAR) is later
