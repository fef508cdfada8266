"""progress.take, let_go and pass_lead."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from opsdesk.accounts.models import Team
from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from raci.editions import publish
from raci.models import Assignment, Duty, Edition
from tasks import progress
from tasks.models import Task
from tests.cast import make_user
from tests.make import TODAY, at, make_task


def take(task, cast, person="sato", team="operations", when=None):
    return progress.take(task, by=getattr(cast, person), team=cast.team[team], at=when or at())


def test_it_works(cast, edition):
    task = take(make_task(9), cast)
    assert task.assignee == cast.sato and task.is_begun and task.lead is None
    assert Event.objects.about(task).get().code == "task.taken"


def test_taking_twice_is_taking_once(cast, edition):
    task = make_task(9)
    take(task, cast)
    take(task, cast)
    assert Event.objects.about(task).count() == 1 and Task.objects.get(pk=task.pk).version == 1


def test_the_second_person_is_told_who_has_it(cast, edition):
    task = make_task(9)
    take(task, cast)
    with pytest.raises(Refusal, match="佐藤 美咲"):
        take(task, cast, "takahashi")


def test_the_first_of_several_main_teams_leads(cast, edition):
    task = take(make_task(25), cast)
    assert task.lead == cast.team["operations"]
    progress.let_go(task, by=cast.sato, team=cast.team["operations"], at=at())
    assert Task.objects.get(pk=task.pk).lead is None


def test_support_takes_without_leading(cast, edition):
    task = take(make_task(25), cast, "morishita", "union")
    assert (task.lead, task.assignee) == (None, cast.morishita)


def test_the_others_help_until_it_is_overdue(cast, edition):
    task = make_task(25)
    take(task, cast)
    answers = {"result": "回復", "confirmed": "印刷できた"}
    with pytest.raises(Refusal, match="業務運用 が主担当"):
        progress.close(task, by=cast.ishii, team=cast.team["hwnw"], at=at(10), answers=answers)
    progress.save_answers(task, by=cast.ishii, team=cast.team["hwnw"], at=at(10), answers=answers)
    late = at(18)
    closed = progress.close(task, by=cast.ishii, team=cast.team["hwnw"], at=late)
    assert closed.lead == cast.team["hwnw"]


def test_a_lead_is_handed_over(cast, edition):
    task = take(make_task(25), cast)
    progress.pass_lead(task, by=cast.sato, team=cast.team["operations"], at=at(), to=cast.team["package"])
    task.refresh_from_db()
    assert (task.lead, task.assignee) == (cast.team["package"], None)
    with pytest.raises(Refusal):
        progress.pass_lead(task, by=cast.sato, team=cast.team["operations"], at=at(), to=cast.team["hwnw"])
    with pytest.raises(Refusal, match="主担当"):
        progress.pass_lead(task, by=cast.ogawa, team=cast.team["package"], at=at(), to=cast.team["helpdesk"])


@pytest.mark.parametrize(
    "person, team", [("morishita", "union"), ("ono", "shiomi"), ("yamaguchi", "helpdesk")]
)
def test_who_may_not(cast, edition, person, team):
    task = make_task(7)
    with pytest.raises(PermissionDenied):
        take(task, cast, person, team)


def test_a_closed_task_is_not_taken(cast, edition):
    task = make_task(9, state="done", done_on=TODAY, closed_at=at(), closed_by=cast.sato)
    with pytest.raises(Refusal, match="すでに完了"):
        take(task, cast)


def test_the_buttons(client, cast, edition):
    task = make_task(9)
    client.force_login(cast.sato)
    assert client.post(f"/tasks/{task.pk}/take/").status_code == 302
    assert Task.objects.get(pk=task.pk).assignee == cast.sato
    assert client.post(f"/tasks/{task.pk}/let-go/").status_code == 302
    assert Task.objects.get(pk=task.pk).assignee is None
    client.force_login(cast.morishita)
    assert client.post(f"/tasks/{task.pk}/take/").status_code == 403


def test_a_lead_is_handed_over_on_the_page(client, cast, edition):
    task = take(make_task(25), cast)
    url = f"/tasks/{task.pk}/assign/"
    client.force_login(cast.sato)
    assert "主担当チームを引き渡す" in client.get(url).content.decode()
    assert client.post(url, {"lead": str(cast.team["helpdesk"].pk)}).status_code == 409
    assert client.post(url, {"lead": str(cast.team["hwnw"].pk), "version": "1"}).status_code == 302
    assert Task.objects.get(pk=task.pk).lead == cast.team["hwnw"]
    assert "主担当チームを引き渡す" not in client.get(url).content.decode()


def test_the_lead_of_a_team_that_ended_is_free(cast, edition):
    """The vendor changes at midnight: open work passes to the role's next team."""
    task = take(make_task(25, due_on=TODAY + timedelta(7), opens_on=TODAY), cast)
    old, tomorrow = cast.team["operations"], TODAY + timedelta(1)
    old.ends_on = TODAY
    old.save(update_fields=["ends_on"])
    new = Team.objects.create(role=old.role, organization=old.organization, name="新運用", starts_on=tomorrow)
    person = make_user("nishi", "西 新", team=new, starts_on=tomorrow)
    answers = {"result": "回復", "confirmed": "印刷できた"}
    closed = progress.close(task, by=person, team=new, at=at(on=tomorrow), answers=answers)
    assert closed.lead == new


def test_the_lead_goes_to_nobody_whom_the_task_does_not_concern(client, cast, edition):
    """A later edition lets 構成団体 and 業務運用 share the main mark of what each municipality has."""
    second = Edition.objects.create(number=2, created_at=at())
    row = Duty.objects.create(
        edition=second, key=7, number=7, position=1, work="サーバ", cycle="daily", sharing="any", scope="each"
    )
    for code in ("member", "operations"):
        Assignment.objects.create(duty=row, role=cast.role[code], mark="main")
    publish(second, by=None, at=at(), in_force_on=TODAY + timedelta(1))
    mine = make_task(7, cast.shiomi)
    take(mine, cast, "ono", "shiomi")
    with pytest.raises(Refusal, match="桐原市"):
        progress.pass_lead(mine, by=cast.ono, team=cast.team["shiomi"], at=at(), to=cast.team["kirihara"])
    with time_machine.travel(at(10), tick=False):
        client.force_login(cast.ono)
        page = client.get(f"/tasks/{mine.pk}/assign/").content.decode()
    assert "業務運用" in page and "桐原市" not in page
