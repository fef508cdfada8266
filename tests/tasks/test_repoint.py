"""progress.repoint, and where begun tasks that an edition gives to others are shown."""

import re
from copy import deepcopy
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from opsdesk.accounts.models import Organization
from opsdesk.audit.models import Event
from opsdesk.calendar import holidays
from opsdesk.lib.refusal import Refusal
from raci.content import rows_of
from raci.drafting import revise
from raci.editions import publish, withdraw
from raci.models import Duty
from tasks import progress
from tasks.astray import strays
from tasks.generation import generate
from tasks.models import Task
from tests.make import at

pytestmark = pytest.mark.django_db
NEW = date(2026, 12, 1)


@pytest.fixture
def running(cast, edition):
    holidays.fill(range(2025, 2030), by=None, at=datetime(2026, 3, 1, tzinfo=UTC))
    Organization.objects.filter(kind="union").update(operation_starts_on=date(2026, 11, 2))
    generate(at(), force=True)
    return cast


def edition_with(cast, edition, **changes):
    """An edition in force from NEW: key28={"marks": …} changes that row, key36=None retires it."""
    rows = deepcopy(rows_of(edition))
    for row in rows:
        row.update(changes.get(f"key{row['key']}") or {})
    rows = [row for row in rows if changes.get(f"key{row['key']}", {}) is not None]
    draft = revise(edition, by=cast.morishita, at=at(), rows=rows)
    return publish(draft, by=cast.miura, at=at(), in_force_on=NEW)


PACKAGE = {"marks": {"package": "main", "operations": "support", "member": "support"}}


@pytest.fixture
def stray(running, edition):
    """No.28 of December, begun by 業務運用; from then on パッケージ保守 has ◎."""
    task = Task.objects.get(key=28, period="2026-12")
    progress.take(task, by=running.sato, team=running.team["operations"], at=at())
    progress.save_answers(
        task, by=running.sato, team=running.team["operations"], at=at(), answers={"remarks": "途中"}
    )
    new = edition_with(running, edition, key28={**PACKAGE, "schedule": schedule(due_n=5)})
    generate(at(9, 30), force=True)
    task.refresh_from_db()
    assert task.duty.edition == edition
    task.new = new
    return task


def schedule(**more):
    return {
        "opens_by": "bd", "opens_n": 1, "opens_month": -1, "due_by": "bd", "due_n": 3, "due_month": -1, **more
    }  # fmt: skip


def repoint(task, cast, person="morishita", **given):
    return progress.repoint(
        task, **{"by": getattr(cast, person), "at": at(10), "reason": "担当の変更", **given}
    )


def test_it_works(running, stray):
    task = repoint(stray, running)
    task = Task.objects.get(pk=task.pk)
    assert task.duty == Duty.objects.get(edition=stray.new, key=28)
    assert (task.answers, task.state) == ({"remarks": "途中"}, "open")
    assert task.due_on == date(2026, 11, 9)  # the fifth business day of November
    assert task.assignee == running.sato  # ○ fills in
    event = Event.objects.about(task).first()
    assert (event.code, event.actor_name) == ("task.repointed", "森下 由佳")
    assert event.data["reason"] == "担当の変更" and event.data["before"]["edition"] == 1
    assert strays() == []
    assert generate(at(10, 3), force=True).realigned.to_move_by_hand == ()


def test_who_has_no_mark_there_loses_it(running, edition):
    task = Task.objects.get(key=28, period="2026-12")
    progress.take(task, by=running.sato, team=running.team["operations"], at=at())
    edition_with(running, edition, key28={"marks": {"package": "main"}})
    assert repoint(task, running, "sato").assignee is None


def test_signatures_in_another_order_are_void(running, edition):
    task = Task.objects.get(key=29, organization=running.shiomi, period="2026-12")
    lines = {"lines": [{"process": "国保", "process_on": "R8.12.1", "deliver_on": "R8.12.2"}]}
    progress.sign(task, by=running.ono, team=running.team["shiomi"], at=at(), answers=lines)
    signers = [{"role": "member"}, {"role": "package"}]
    marks = {"member": "main", "package": "main"}
    edition_with(running, edition, key29={"marks": marks, "signers": signers})
    repoint(task, running)
    assert task.signatures.get().void_reason == "担当の変更"


@pytest.mark.parametrize("person", ["ono", "yamaguchi", "ogawa", "kubo"])
def test_only_the_union_and_the_main_mark(running, stray, person):
    with pytest.raises(PermissionDenied):
        repoint(stray, running, person)


def test_what_is_where_it_belongs_stays(running, stray):
    repoint(stray, running)
    with pytest.raises(Refusal, match="すでに対象期間の版"):
        repoint(stray, running)


def test_a_retired_duty_has_no_place(running, edition):
    task = Task.objects.get(key=36, period="2026-12")
    progress.take(task, by=running.morishita, team=running.team["union"], at=at())
    edition_with(running, edition, key36=None)
    assert [(s.task, s.line) for s in strays()] == [(task, None)]
    with pytest.raises(Refusal, match="この作業はありません"):
        repoint(task, running)


def test_a_reason_is_needed_and_the_version_that_was_seen(running, stray):
    with pytest.raises(Refusal) as refused:
        repoint(stray, running, reason=" ")
    assert "reason" in refused.value.errors
    with pytest.raises(Refusal, match="佐藤 美咲"):
        repoint(stray, running, version=stray.version - 1)


def test_a_closed_task_is_not_moved(running, stray):
    progress.skip(stray, by=running.sato, team=running.team["operations"], at=at(10), reason="x")
    with pytest.raises(Refusal, match="未完了の作業だけ"):
        repoint(stray, running)
    assert strays() == []


def test_a_begun_task_whose_main_mark_stays_is_no_stray(running, edition):
    task = Task.objects.get(key=28, period="2026-12")
    progress.take(task, by=running.sato, team=running.team["operations"], at=at())
    edition_with(running, edition, key28={"note": "備考だけ"})
    generate(at(9, 30), force=True)
    assert strays() == []


def test_what_was_done_under_an_edition_that_was_withdrawn_is_still_seen(running, edition, client):
    """It never was in force, but December's work had begun under it."""
    new = edition_with(running, edition, key28=PACKAGE)
    generate(at(9, 30), force=True)
    task = Task.objects.get(key=28, period="2026-12")
    assert task.duty.edition == new
    progress.take(task, by=running.ogawa, team=running.team["package"], at=at(10))
    withdraw(new, by=running.miura, at=at(10, 30), reason="議会で保留")
    generate(at(11), force=True)
    assert Task.objects.visible_to(running.ogawa, NEW).filter(pk=task.pk).exists()
    assert [s.task for s in strays()] == [task]
    repoint(task, running, at=at(11))
    task.refresh_from_db()
    assert task.duty.edition == edition and task.assignee is None


# --- where it is shown ----------------------------------------------------------------------------------


@pytest.fixture
def ask(client, running):
    with time_machine.travel(at(10), tick=False):

        def go(login, path, data=None):
            client.force_login(getattr(running, login))
            return client.get(path) if data is None else client.post(path, data)

        yield go


def test_the_unions_dashboard_links_to_the_list(ask, stray):
    link = "/tasks/?state=astray&amp;scope=all"
    text = ask("morishita", "/").content.decode()
    assert link in text and "着手済みのものが 1件" in text
    assert link not in ask("sato", "/").content.decode()
    listed = ask("morishita", "/tasks/?state=astray&scope=all").content.decode()
    assert set(re.findall(r'href="/tasks/(\d+)/"', listed)) == {str(stray.pk)}
    assert f'href="/tasks/{stray.pk}/"' not in ask("ogawa", "/tasks/?state=astray").content.decode()


def test_the_page_says_so_and_moves_it(ask, stray, running):
    text = ask("sato", f"/tasks/{stray.pk}/").content.decode()
    assert "主担当(◎)は パッケージ保守 です" in text and f"/tasks/{stray.pk}/repoint/" in text
    assert f"/tasks/{stray.pk}/repoint/" not in ask("ono", f"/tasks/{stray.pk}/").content.decode()
    form = ask("sato", f"/tasks/{stray.pk}/repoint/")
    assert "パッケージ保守 になり" in form.content.decode()
    data = {"version": stray.version, "reason": ""}
    refused = ask("sato", f"/tasks/{stray.pk}/repoint/", data)
    assert refused.status_code == 422 and "移す理由を入力してください。" in refused.content.decode()
    answer = ask("sato", f"/tasks/{stray.pk}/repoint/", {**data, "reason": "改定"})
    assert (answer.status_code, answer.url) == (302, f"/tasks/{stray.pk}/")
    assert "完了を記録する" in ask("ogawa", f"/tasks/{stray.pk}/").content.decode()


def test_who_does_not_see_it_any_more_goes_home(ask, running, edition):
    task = Task.objects.get(key=28, period="2026-12")
    progress.take(task, by=running.sato, team=running.team["operations"], at=at())
    edition_with(running, edition, key28={"marks": {"package": "main"}})
    answer = ask("sato", f"/tasks/{task.pk}/repoint/", {"reason": "改定"})
    assert (answer.status_code, answer.url) == (302, "/")


def test_a_stale_page_is_told(ask, stray):
    answer = ask("sato", f"/tasks/{stray.pk}/repoint/", {"version": stray.version - 1, "reason": "改定"})
    assert answer.status_code == 409 and "佐藤 美咲" in answer.content.decode()


@pytest.mark.parametrize("login, status", [("ono", 403), ("ogawa", 404), ("kubo", 403), ("morishita", 200)])
def test_doors(ask, stray, login, status):
    assert ask(login, f"/tasks/{stray.pk}/repoint/").status_code == status


def test_wrong_method(client, ask, stray):
    ask("sato", "/")
    assert client.put(f"/tasks/{stray.pk}/repoint/").status_code == 405


def test_statements(ask, client, stray, django_assert_max_num_queries):
    for path, most in (("/", 14), ("/tasks/?state=astray&scope=all", 6), (f"/tasks/{stray.pk}/", 10)):
        ask("morishita", path)
        with django_assert_max_num_queries(most):
            client.get(path)
