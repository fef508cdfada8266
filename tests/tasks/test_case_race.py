"""Two people at one case at one moment, on both databases: a join opens once, numbers follow each other."""

import threading

import pytest
from django.db import connections

from opsdesk.lib.refusal import Refusal
from tasks import cases
from tasks.models import Case, Task
from tests.desk import Desk

CALL15 = {
    "caller": "大野", "channel": "電話", "noticed_at": "R8.11.24 8:40", "content": "つながらない",
    "provisional_level": "2",
}  # fmt: skip
LEVEL16 = {"level": "2 一部停止", "concerns": ["shiomi", "kirihara"], "impact": "窓口"}
DONE18 = {"cause": "故障", "action": "交換"}
CHANGE45 = {"kind": "プログラム", "content": "直したい", "reason": "不便"}
CHANGE44 = {
    "kind": "改修", "content": "帳票", "concerns": ["shiomi", "kirihara"], "risk": "戻せる",
    "planned_on": "R8.12.10",
}  # fmt: skip
WORK52 = {"release": "R1", "content": "改修", "rollback_ready": True, "carried_out_on": "R8.11.24"}

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """What came of each act, all begun together in threads of their own; a deadlock is an exception."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n, act):
        try:
            start.wait()
            results[n] = act()
        except Exception as error:  # looked at by the test
            results[n] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def desk(cast, edition, holidays):
    return Desk(cast)


def closing(desk, *asked, **given):
    """A closing by a desk of its own, since each thread reads its own rows."""
    return lambda: Desk(desk.cast, Case.objects.get(pk=desk.case.pk)).close(*asked, **given)


def fine(results):
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, Refusal)] == []
    return sum(not isinstance(r, Refusal) for r in results)


def join(desk):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    desk.close(16, "ishii", then=[18, 22], **LEVEL16)
    results = at_once(closing(desk, 18, "ishii", **DONE18), closing(desk, 22, "sato", **DONE18))
    assert fine(results) == 2, results
    assert desk.open == ["24", "25"]


def ng_and_ok(desk):
    desk.raise_(44, "ogawa", **CHANGE44)
    desk.close(44, "ogawa", then=[52])
    desk.close(52, "ogawa", file="test_result", **WORK52)
    results = at_once(
        closing(desk, 53, "ono", where="shiomi", result="OK"),
        closing(desk, 53, "makino", where="kirihara", result="NG", comment="だめ"),
    )
    if fine(results) == 2:
        assert desk.open == ["52 2回"]
    else:  # the NG was first: the other one is told
        assert "やり直し中" in str(results[0]) and desk.open == ["52 2回", "53@shiomi"]


def closing_and_withdrawing(desk):
    desk.raise_(45, "ono", **CHANGE45)
    results = at_once(
        closing(desk, 45, "ono", then=[52]),
        lambda: cases.withdraw(desk.case, by=desk.cast.horie, at=desk.case.raised_at, reason="不要"),
    )
    assert isinstance(results[1], Case), results
    # whichever was first: the case is withdrawn, and nothing of it is left open; a closing that came second
    # finds no step any more
    desk.case.refresh_from_db()
    assert (desk.case.state, desk.open) == ("withdrawn", [])
    assert isinstance(results[0], Task | Refusal | Task.DoesNotExist), results


def raising(desk):
    first = Case.objects.filter(kind="change").count()
    results = at_once(
        *(lambda p=p: Desk(desk.cast).raise_(45, p, **CHANGE45) for p in ("ono", "makino", "hamanaka"))
    )
    assert sorted(c.serial for c in results) == [first + 1, first + 2, first + 3], results


RACES = [join, ng_and_ok, closing_and_withdrawing, raising]


@pytest.mark.parametrize("race", RACES)
def test_two_at_once(desk, race):
    race(desk)


@pytest.mark.faults
@pytest.mark.parametrize("race", RACES)
def test_no_deadlock_in_fifty_rounds(desk, race):
    for _n in range(50):
        race(desk)
