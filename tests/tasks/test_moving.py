"""Moving a due day, and settling the tasks due on a day that was closed; generation leaves them in peace."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from opsdesk.accounts.models import Organization
from opsdesk.audit.models import Event
from opsdesk.audit.timeline import timeline_of
from opsdesk.calendar import closing
from opsdesk.calendar.models import ClosedDay, OpenDay
from opsdesk.lib.refusal import Refusal
from raci import editions, fixture
from raci.models import Edition
from tasks import displaced, expected, progress
from tasks.generation import generate
from tasks.ledger import Ledger
from tasks.models import Task
from tasks.moving import GIVEN, LEAVE, NEXT, PREVIOUS, SKIP, Choice
from tests.make import TODAY, at, duty, make_task

FRIDAY, MONDAY, CLOSED = date(2026, 11, 27), date(2026, 11, 30), date(2026, 11, 26)


@pytest.fixture
def union(cast, edition):
    return {"by": cast.morishita, "team": cast.team["union"], "at": at(10)}


def close_day(cast, on=CLOSED, organization=None, name="庁舎停電"):
    row = ClosedDay(on=on, organization=organization, name=name)
    return closing.add(row, by=cast.kubo, at=at(9))


def test_it_works(cast, union):
    task = make_task(36, due_on=CLOSED)
    moved = progress.move(task, to=FRIDAY, reason="休庁日: 庁舎停電", **union)
    assert (moved.due_on, moved.moved_from, moved.version) == (FRIDAY, CLOSED, 1)
    assert moved.due_at == at(17, 15, on=FRIDAY)
    event = Event.objects.about(moved).get()
    assert (event.code, event.stream, event.team_name) == ("task.moved", "union", "広域組合")
    assert (event.data["before"]["due_on"], event.data["due_on"]) == ("2026-11-26", "2026-11-27")
    line = timeline_of(moved)[0]
    assert (line.title, line.text) == ("期限を 11/26(木) から 11/27(金) に移す", "理由 休庁日: 庁舎停電")


def test_it_opens_no_later_than_it_is_due(cast, union):
    task = make_task(36, opens_on=CLOSED, due_on=CLOSED)
    assert progress.move(task, to=TODAY, reason="前倒し", **union).opens_on == TODAY


def test_moved_back_it_is_not_moved(cast, union):
    task = progress.move(make_task(36, due_on=CLOSED), to=FRIDAY, reason="停電", **union)
    assert progress.move(task, to=CLOSED, reason="停電の取り止め", **union).moved_from is None


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        (CLOSED, "もう"),
        (date(2026, 11, 20), "過ぎています"),
        (date(2026, 11, 28), "閉庁日です（土曜日）"),
        (date(2028, 3, 1), "先すぎます"),
    ],
)
def test_not_to_a_day_that_is_none(union, to, sentence):
    task = make_task(36, due_on=CLOSED)
    with pytest.raises(Refusal, match=sentence):
        progress.move(task, to=to, reason="停電", **union)
    task.refresh_from_db()
    assert (task.due_on, task.moved_from) == (CLOSED, None) and not Event.objects.about(task).exists()


def test_refusals(cast, union):
    task = make_task(36, due_on=CLOSED)
    with pytest.raises(Refusal, match="理由"):
        progress.move(task, to=FRIDAY, reason=" ", **union)
    progress.move(task, to=FRIDAY, reason="停電", version=0, **union)
    with pytest.raises(Refusal, match="森下 由佳"):  # the other one saw the task before it was moved
        progress.move(task, to=MONDAY, reason="停電", version=0, **union)
    done = make_task(9, due_on=CLOSED, state="done", done_on=TODAY, closed_at=at(9))
    with pytest.raises(Refusal, match="すでに完了"):
        progress.move(done, to=FRIDAY, reason="停電", **union)


@pytest.mark.parametrize(("who", "team"), [("sato", "operations"), ("sato", "union"), ("kubo", "union")])
def test_the_unions_people_only(cast, edition, who, team):
    task = make_task(36, due_on=CLOSED)
    with pytest.raises(PermissionDenied):
        progress.move(task, to=FRIDAY, by=getattr(cast, who), team=cast.team[team], at=at(10), reason="x")


def test_whose_day_is_closed(cast, edition):
    common, own, other = make_task(9, due_on=CLOSED), make_task(8, cast.shiomi, due_on=CLOSED), None
    other = make_task(8, cast.kirihara, due_on=CLOSED)
    shiomi, everybody = close_day(cast, organization=cast.shiomi), close_day(cast)
    assert displaced.counts([shiomi, everybody]) == {shiomi.pk: 1, everybody.pk: 3}
    found = displaced.due_on_closed(Task.objects.all(), [shiomi])
    assert list(found) == [own]
    closing.add(OpenDay(on=CLOSED, organization=cast.kirihara, name="開庁"), by=cast.kubo, at=at(9))
    assert set(displaced.due_on_closed(Task.objects.all(), [everybody])) == {common, own}
    closing.add(OpenDay(on=CLOSED, organization=cast.union, name="開庁"), by=cast.kubo, at=at(9))
    assert not displaced.due_on_closed(Task.objects.all(), [everybody]).exists()
    assert other.due_on == CLOSED


def test_settle_gives_a_result_a_row(cast, edition):
    day = close_day(cast)
    tasks = [make_task(9, due_on=CLOSED), make_task(7, due_on=CLOSED), make_task(36, due_on=CLOSED)]
    tasks += [make_task(8, cast.shiomi, due_on=CLOSED), make_task(8, cast.mizuno, due_on=CLOSED)]
    acts = [PREVIOUS, NEXT, GIVEN, SKIP, LEAVE]
    choices = [Choice(t, act, 0, MONDAY) for t, act in zip(tasks, acts, strict=True)]
    results = progress.settle(choices, by=cast.morishita, at=at(10), reason="休庁日: 庁舎停電")
    assert [r.is_done for r in results] == [True] * 4
    for task in tasks:
        task.refresh_from_db()
    assert [t.due_on for t in tasks] == [date(2026, 11, 25), FRIDAY, MONDAY, CLOSED, CLOSED]
    assert [t.state for t in tasks] == ["open", "open", "open", "skipped", "open"]
    assert (tasks[3].reason, tasks[3].is_proxy) == ("休庁日: 庁舎停電", True)
    assert tasks[3].closed_for == cast.team["shiomi"]
    assert set(displaced.moved_because_of(Task.objects.all(), day)) == set(tasks[:3])


def test_settle_tells_what_could_not_be_done(cast, edition):
    close_day(cast)
    fine, stale, dayless = (make_task(n, due_on=CLOSED) for n in (9, 7, 36))
    choices = [Choice(fine, NEXT, 0), Choice(stale, NEXT, 7), Choice(dayless, GIVEN, 0, None, "読めません")]
    results = progress.settle(choices, by=cast.morishita, at=at(10), reason="停電")
    assert [r.is_done for r in results] == [True, False, False]
    assert "変更しました" in results[1].sentence and results[2].sentence == "読めません"
    assert Event.objects.filter(code="task.moved").count() == 1
    none = progress.settle([Choice(stale, NEXT, 0)], by=cast.kubo, at=at(10), reason="停電")
    assert not none[0].is_done and "広域組合" in none[0].sentence


@pytest.fixture
def running(cast, edition, holidays):
    Organization.objects.filter(pk=cast.union.pk).update(operation_starts_on=date(2026, 11, 20))
    generate(at(9))
    return cast


def test_generation_neither_returns_nor_doubles_a_moved_task(running):
    task = Task.objects.get(key=9, period="2026-11-24")
    total = Task.objects.count()
    close_day(running, on=TODAY)
    assert generate(at(9, 3)).created == 0
    progress.move(
        task,
        to=date(2026, 11, 25),
        by=running.morishita,
        team=running.team["union"],
        at=at(10),
        reason="停電",
    )
    report = generate(at(10, 3), force=True)
    task.refresh_from_db()
    assert (report.created, task.due_on, task.state) == (0, date(2026, 11, 25), "open")
    assert Task.objects.count() == total
    generate(at(9, on=date(2026, 11, 25)))
    assert (
        Task.objects.filter(key=9, due_on=date(2026, 11, 25)).count() == 2
    )  # the moved one, and the day's own
    assert Task.objects.filter(key=9, period="2026-11-24").count() == 1


def test_a_new_edition_leaves_the_day_that_a_person_gave(running):
    task = Task.objects.get(key=36, period="2026-12")
    progress.move(
        task, to=FRIDAY, by=running.morishita, team=running.team["union"], at=at(10), reason="印刷機の点検"
    )
    new = Edition.objects.create(number=2, created_at=at())
    fixture.fill(new, fixture.source()["duties"], fixture.roles())
    editions.publish(new, in_force_on=date(2026, 12, 1), by=running.miura, at=at(11))
    generate(at(12))
    task.refresh_from_db()
    assert (task.duty.edition, task.due_on, task.moved_from) == (new, FRIDAY, date(2026, 11, 20))


def test_the_ledger_says_that_it_was_moved(running):
    task = Task.objects.get(key=9, period="2026-11-24")
    close_day(running, on=TODAY)
    progress.move(task, to=FRIDAY, by=running.morishita, team=running.team["union"], at=at(10), reason="停電")
    own = frozenset({duty(9).pk})
    ledger = Ledger(expected.read(), running.union, own, TODAY, TODAY, Task.objects.all(), at(11))
    (entry,) = [e for e in ledger.entries() if e.task]
    assert "移動: 期限を 11/24(火) から 11/27(金) に移しました。" in entry.note
    assert "予定がありません" not in entry.note and entry.due_on == FRIDAY


def test_an_open_day_gets_its_tasks_by_itself(running):
    saturday = date(2026, 11, 28)
    generate(at(9, on=saturday))
    assert not Task.objects.filter(period="2026-11-28").exists()
    closing.add(OpenDay(on=saturday, name="休日窓口"), by=running.morishita, at=at(9, on=saturday))
    generate(at(9, 3, on=saturday))
    made = Task.objects.filter(period="2026-11-28").values_list("key", "organization__code")
    assert sorted(made) == [(7, "union"), (8, "kirihara"), (8, "mizuno"), (8, "shiomi"), (9, "union")]
