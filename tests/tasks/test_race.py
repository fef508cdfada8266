"""Two people, two tabs, one moment: one result each, on both databases."""

import threading
from datetime import date

import pytest
from django.db import connection, connections

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from raci.confirmations import confirm
from raci.models import Confirmation
from tasks import procedures, progress
from tasks.models import Acknowledgement, Procedure, Publication, Signature, Task
from tests.make import TODAY, at, duty, make_task

OK = dict.fromkeys(("online", "night_batch", "backup", "disk_space", "event_log", "equipment"), "OK")


def at_once(*acts):
    """What came of each act, all begun together in threads of their own."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n, act):
        try:
            start.wait()
            results[n] = act()
        except Refusal as refusal:
            results[n] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def task(transactional_db, cast, edition):
    return make_task(9)


def test_one_closing(cast, task):
    people = (cast.sato, cast.takahashi, cast.sato, cast.takahashi)
    results = at_once(
        *(
            lambda p=p: progress.close(task, by=p, team=cast.team["operations"], at=at(10), answers=OK)
            for p in people
        )
    )
    assert sum(isinstance(r, Task) for r in results) == 1
    refusals = [r for r in results if isinstance(r, Refusal)]
    assert len(refusals) == 3 and all("すでに完了" in str(r) for r in refusals)
    assert Event.objects.about(task).count() == 1


def test_one_signature(cast, transactional_db, edition):
    task = make_task(29, cast.shiomi, period_on=date(2026, 11, 1), due_on=TODAY)
    answers = {"lines": [], "no_request": True}
    results = at_once(
        *(
            lambda p=p: progress.sign(task, by=p, team=cast.team["shiomi"], at=at(10), answers=answers)
            for p in (cast.ono, cast.horie)
        )
    )
    assert sum(isinstance(r, Task) for r in results) == 1 and Signature.objects.count() == 1


def test_one_takes_it(cast, task):
    results = at_once(
        *(
            lambda p=p: progress.take(task, by=p, team=cast.team["operations"], at=at(10))
            for p in (cast.sato, cast.takahashi)
        )
    )
    assert sum(isinstance(r, Task) for r in results) == 1
    assert Event.objects.filter(code="task.taken").count() == 1


@pytest.fixture
def plan(transactional_db, cast, edition):
    """No.28, published."""
    task, desk = make_task(28), {"by": cast.sato, "team": cast.team["operations"], "at": at()}
    task.attachments.create(
        field_key="monthly_plan", name="計画", content_type="x", size=1, sha256="0", **desk
    )
    return progress.close(task, answers={}, **desk)


def test_one_acknowledgement_a_municipality(cast, plan):
    town = {"team": cast.team["shiomi"], "at": at(10)}
    results = at_once(
        *(lambda p=p: progress.acknowledge(plan, by=p, **town) for p in (cast.ono, cast.horie, cast.ono)),
        lambda: progress.acknowledge(plan, by=cast.makino, team=cast.team["kirihara"], at=at(10)),
    )
    assert sum(isinstance(r, Acknowledgement) for r in results) == 2
    assert sum(isinstance(r, Refusal) and "すでに確認済み" in str(r) for r in results) == 2
    assert Event.objects.filter(code="task.acknowledged").count() == 2


def test_one_revision(cast, plan):
    desk = {"team": cast.team["operations"], "at": at(10), "reason": "x", "version": plan.version}
    results = at_once(
        *(
            lambda p=p, n=n: progress.revise(plan, by=p, answers={"remarks": f"{n}"}, **desk)
            for n, p in enumerate((cast.sato, cast.takahashi, cast.sato))
        )
    )
    assert sum(isinstance(r, Publication) for r in results) == 1
    assert Publication.objects.count() == 2 and Publication.objects.filter(is_current=True).count() == 1


def test_the_version_holds_where_no_row_lock_does(cast, task):
    from tasks.acting import store

    mine, theirs = Task.objects.get(pk=task.pk), Task.objects.get(pk=task.pk)
    theirs.remark = "theirs"
    store(theirs, "remark", at=at())
    mine.remark = "mine"
    with pytest.raises(Refusal):
        store(mine, "remark", at=at())
    assert Task.objects.get(pk=task.pk).remark == "theirs"
    assert connection.vendor in ("sqlite", "postgresql")


def test_one_first_version_of_a_procedure(cast, transactional_db, edition):
    results = at_once(
        *(
            lambda p=p: procedures.save(
                duty(9), by=p, team=cast.team["operations"], at=at(10), text=f"{p}の手順", version=0
            )
            for p in (cast.sato, cast.takahashi, cast.sato)
        )
    )
    assert sum(isinstance(r, Procedure) for r in results) == 1 and Procedure.objects.count() == 1
    assert all("第1版を保存しています" in str(r) for r in results if isinstance(r, Refusal))


def test_one_confirmation(cast, transactional_db, edition):
    results = at_once(
        *(lambda p=p: confirm(duty(9), by=p, at=at(10)) for p in (cast.morishita, cast.miura, cast.kubo))
    )
    assert sum(isinstance(r, Confirmation) for r in results) == 1 and Confirmation.objects.count() == 1
    assert sum("が確認しています" in str(r) for r in results if isinstance(r, Refusal)) == 2
