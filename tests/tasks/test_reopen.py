"""progress.reopen: within 7 days, by the closing team, with a reason, while no later step is closed."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from opsdesk.accounts.models import Team
from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import progress
from tasks.models import Task
from tests.cast import make_user
from tests.make import TODAY, at, make_task

OK = dict.fromkeys(("online", "night_batch", "backup", "disk_space", "event_log", "equipment"), "OK")


@pytest.fixture
def closed(cast, edition):
    task = make_task(9)
    return progress.close(task, by=cast.sato, team=cast.team["operations"], at=at(10), answers=OK, remark="x")


def reopen(task, cast, person="takahashi", team="operations", **given):
    return progress.reopen(
        task,
        **{
            "by": getattr(cast, person),
            "team": cast.team[team],
            "at": at(11),
            "reason": "対象日の誤り",
            **given,
        },
    )


def test_it_works(cast, closed):
    reopen(closed, cast)
    task = Task.objects.get(pk=closed.pk)
    assert (task.state, task.closed_at, task.done_on, task.outcome) == ("open", None, None, "")
    assert task.answers == OK and task.remark == "x"
    assert Event.objects.about(task).first().data == {"reason": "対象日の誤り", "was": "done"}


def test_not_after_seven_days(cast, closed):
    with pytest.raises(Refusal, match="7 日"):
        reopen(closed, cast, at=closed.closed_at + timedelta(days=7, seconds=1))
    reopen(closed, cast, at=closed.closed_at + timedelta(days=7))


def test_a_reason_is_needed(cast, closed):
    with pytest.raises(Refusal) as refused:
        reopen(closed, cast, reason="")
    assert "reason" in refused.value.errors


def test_only_by_the_team_that_closed_it(cast, edition, closed):
    with pytest.raises(PermissionDenied):
        reopen(closed, cast, "ono", "shiomi")
    shared = progress.close(
        make_task(25),
        by=cast.ishii,
        team=cast.team["hwnw"],
        at=at(10),
        answers={"result": "回復", "confirmed": "x"},
    )
    with pytest.raises(Refusal, match="HW/NW保守"):
        reopen(shared, cast)


def test_not_once_a_later_step_is_closed(cast, edition):
    month = {"period_on": date(2026, 11, 1), "due_on": TODAY}
    first = progress.close(
        make_task(32, **month), by=cast.sato, team=cast.team["operations"], at=at(), answers={}
    )
    progress.close(make_task(33, **month), by=cast.sato, team=cast.team["operations"], at=at(), answers={})
    with pytest.raises(Refusal, match="No.33"):
        reopen(first, cast)
    other = {"period_on": date(2026, 10, 1), "period": "2026-10", "due_on": TODAY}
    reopen(
        progress.close(
            make_task(32, **other), by=cast.sato, team=cast.team["operations"], at=at(), answers={}
        ),
        cast,
    )


def test_an_open_task_has_nothing_to_undo(cast, edition):
    with pytest.raises(Refusal, match="未完了"):
        reopen(make_task(9), cast)


def test_a_skipped_task_comes_back(cast, edition):
    task = make_task(9)
    progress.skip(task, by=cast.sato, team=cast.team["operations"], at=at(9), reason="x")
    assert reopen(task, cast).is_open


def test_the_page(client, cast, closed):
    url = f"/tasks/{closed.pk}/reopen/"
    with time_machine.travel(at(12), tick=False):
        client.force_login(cast.takahashi)
        assert "取り消す" in client.get(url).content.decode()
        assert client.post(url, {"reason": "誤り", "version": closed.version}).status_code == 302
    assert Task.objects.get(pk=closed.pk).is_open


def test_undoing_a_skip_leaves_the_signatures(cast, edition, holidays):
    task = make_task(29, cast.shiomi, period_on=date(2026, 11, 1), due_on=TODAY)
    given = {"lines": [{"process": "国保", "process_on": "R8.11.24", "deliver_on": "R8.11.25"}]}
    progress.sign(task, by=cast.ono, team=cast.team["shiomi"], at=at(), answers=given)
    progress.skip(task, by=cast.sato, team=cast.team["operations"], at=at(10), reason="取り違え")
    reopen(task, cast)
    assert task.signatures.get().void_at is None


def test_the_next_holder_of_the_role_undoes_what_the_last_one_closed(cast, closed):
    """The vendor changes at midnight: history passes to the role's next team."""
    old, tomorrow = cast.team["operations"], TODAY + timedelta(1)
    old.ends_on = TODAY
    old.save(update_fields=["ends_on"])
    new = Team.objects.create(role=old.role, organization=old.organization, name="新運用", starts_on=tomorrow)
    person = make_user("nishi", "西 新", team=new, starts_on=tomorrow)
    again = {"by": person, "at": at(9, on=tomorrow), "reason": "x"}
    assert progress.reopen(closed, team=new, **again).is_open
