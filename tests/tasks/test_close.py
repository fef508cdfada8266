"""progress.close: one result, its rights, its rules, its event."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import progress
from tasks.around import missing_before
from tasks.models import Task
from tests.make import TODAY, at, duty, make_task

CHECKS = ("online", "night_batch", "backup", "disk_space", "event_log", "equipment")
ALL_OK = dict.fromkeys(CHECKS, "OK")


@pytest.fixture
def task(edition):
    return make_task(9)


def close(task, cast, **given):
    return progress.close(
        task,
        **{"by": cast.sato, "team": cast.team["operations"], "at": at(10, 50), "answers": ALL_OK, **given},
    )


def test_it_works(cast, task):
    close(task, cast)
    task.refresh_from_db()
    assert task.state == Task.State.DONE
    assert (task.closed_by, task.closed_for, task.closed_at) == (
        cast.sato,
        cast.team["operations"],
        at(10, 50),
    )
    assert (task.outcome, task.done_on, task.answers, task.version) == ("normal", TODAY, ALL_OK, 1)
    event = Event.objects.about(task).get()
    assert (event.code, event.stream, event.actor_name, event.team_name) == (
        "task.closed",
        "union",
        "佐藤 美咲",
        "業務運用",
    )
    assert event.data["outcome"] == "normal" and event.data["done_on"] == "2026-11-24"


def test_the_second_is_told_by_whom_and_when_and_changes_nothing(cast, task):
    close(task, cast)
    with pytest.raises(Refusal, match="10:50 に 佐藤 美咲.業務運用. がすでに完了"):
        close(task, cast, by=cast.takahashi, at=at(10, 51))
    task.refresh_from_db()
    assert task.closed_by == cast.sato and Event.objects.about(task).count() == 1


def test_a_stale_form_is_told_who_changed_it(cast, task):
    progress.take(task, by=cast.takahashi, team=cast.team["operations"], at=at(10, 40))
    with pytest.raises(Refusal, match="10:40 に 高橋 亮.業務運用. が変更しました"):
        close(task, cast, version=0)
    assert Task.objects.get(pk=task.pk).is_open
    close(task, cast, version=1)


def test_required_fields_are_missing_by_field_and_nothing_is_kept(cast, task):
    with pytest.raises(Refusal) as refused:
        close(task, cast, answers={"online": "OK"})
    assert set(refused.value.errors) == set(CHECKS) - {"online"}
    assert refused.value.errors["equipment"] == "機器ランプ・空調・電源を選んでください。"
    assert Task.objects.get(pk=task.pk).answers == {}


def test_saved_answers_count(cast, task):
    progress.save_answers(task, by=cast.sato, team=cast.team["operations"], at=at(), answers=ALL_OK)
    assert close(task, cast, answers=None).outcome == "normal"


def test_a_finding_makes_it_abnormal_and_asks_for_a_remark(cast, task):
    ng = {**ALL_OK, "disk_space": "NG"}
    with pytest.raises(Refusal) as refused:
        close(task, cast, answers=ng)
    assert refused.value.errors == {"remark": "異常ありのときは、所見の内容を入力してください。"}
    closed = close(task, cast, answers=ng, remark="PRT01 D: 満杯")
    assert closed.outcome == "abnormal"
    assert Event.objects.about(task).first().data["findings"] == ["ディスク空き容量 が NG です。"]


def test_under_a_finding_the_outcome_is_never_lowered_but_may_be_raised(cast, task):
    with pytest.raises(Refusal) as refused:
        close(task, cast, answers={**ALL_OK, "disk_space": "NG"}, outcome="normal", remark="x")
    assert "「正常」は選べません" in refused.value.errors["outcome"]
    assert close(task, cast, outcome="abnormal", remark="異音あり").outcome == "abnormal"


def test_an_outcome_that_is_none_is_refused(cast, task):
    with pytest.raises(Refusal) as refused:
        close(task, cast, outcome="fine")
    assert "outcome" in refused.value.errors


def test_done_on_is_never_in_the_future_nor_before_it_opened(cast, task):
    for day in (TODAY + timedelta(1), TODAY - timedelta(1)):
        with pytest.raises(Refusal) as refused:
            close(task, cast, done_on=day)
        assert set(refused.value.errors) == {"done_on"}


def test_lateness_is_judged_by_the_day_it_was_done(cast, edition):
    monday = date(2026, 11, 16)
    recorded_late = make_task(9, due_on=monday, period_on=monday)
    done_late = make_task(7, due_on=monday, period_on=monday)
    close(recorded_late, cast, done_on=monday)
    close(
        done_late,
        cast,
        answers={"definition_update": "OK", "scheduled_scan": "OK", "detections": "0"},
        done_on=TODAY,
    )
    recorded_late.refresh_from_db()
    done_late.refresh_from_db()
    assert (recorded_late.was_late, done_late.was_late) == (False, True)


@pytest.mark.parametrize(
    "person, team",
    [("ono", "shiomi"), ("morishita", "union"), ("yamaguchi", "helpdesk"), ("sato", "helpdesk")],
)
def test_only_a_member_of_the_team_with_the_mark_closes(cast, task, person, team):
    with pytest.raises((PermissionDenied, Refusal)):
        close(task, cast, by=getattr(cast, person), team=cast.team[team])
    assert Task.objects.get(pk=task.pk).is_open


def test_a_municipality_closes_its_own_only(cast, edition):
    own, foreign = make_task(8, cast.shiomi), make_task(8, cast.kirihara)
    answers = {"machines": "８６", "updated": "84", "not_updated": "2", "detections": "0"}
    close(own, cast, by=cast.ono, team=cast.team["shiomi"], answers=answers)
    assert Event.objects.about(own).get().stream == "shiomi"
    with pytest.raises(PermissionDenied):
        close(foreign, cast, by=cast.ono, team=cast.team["shiomi"], answers=answers)


def test_machines_must_add_up(cast, edition):
    task = make_task(8, cast.shiomi)
    with pytest.raises(Refusal) as refused:
        close(
            task,
            cast,
            by=cast.ono,
            team=cast.team["shiomi"],
            answers={"machines": "86", "updated": "81", "not_updated": "4", "detections": "0"},
        )
    assert "合いません" in refused.value.errors["machines"]


def test_the_union_acts_for_a_team_with_a_reason(cast, task):
    with pytest.raises(Refusal, match="代行の理由"):
        close(task, cast, by=cast.morishita)
    closed = close(task, cast, by=cast.morishita, reason="業務運用が不在のため")
    assert (closed.is_proxy, closed.closed_for, closed.closed_by) == (
        True,
        cast.team["operations"],
        cast.morishita,
    )
    assert Event.objects.about(task).first().data["reason"] == "業務運用が不在のため"


def test_closing_names_the_predecessors_that_are_open(cast, edition):
    make_task(31, period_on=date(2026, 11, 1), due_on=TODAY)
    close(make_task(32, period_on=date(2026, 11, 1), due_on=TODAY), cast, answers={})
    assert Event.objects.filter(code="task.closed").get().data["missing"] == [
        "No.31 オペレーション処理スケジュール確認"
    ]


def test_one_of_several_main_teams_takes_the_lead_by_closing(cast, edition):
    task = make_task(25)
    closed = close(
        task,
        cast,
        answers={"result": "回復", "confirmed": "印刷できた"},
        by=cast.ishii,
        team=cast.team["hwnw"],
    )
    assert closed.lead == cast.team["hwnw"]


def test_where_signatures_close_nobody_closes_by_hand(cast, edition):
    with pytest.raises(Refusal, match="署名"):
        close(make_task(29, cast.shiomi), cast, answers={})


def test_on_a_common_task_no_municipality_is_named_as_late(cast, edition):
    """Everybody with a mark on it reads its history."""
    month = {"period_on": date(2026, 11, 1), "due_on": TODAY}
    for organization in (cast.shiomi, cast.kirihara):
        make_task(29, organization, **month)
    task = make_task(30, **month)
    missing = missing_before(task)
    assert missing == [f"No.29 {duty(29).work}(2団体)"]
