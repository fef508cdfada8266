"""Two people at two steps of one case in one moment, on both databases: each step opens once."""

import pytest

from opsdesk.audit.models import Event
from opsdesk.audit.verify import streams, verify
from opsdesk.lib.refusal import Refusal
from opsdesk.notices.models import Notice
from tasks import cases, progress
from tasks.following import Following
from tasks.models import Case, CaseCounter, Task
from tests.desk import Desk
from tests.make import at
from tests.tasks.test_race import at_once

CALL15 = {
    "caller": "大野", "channel": "電話", "noticed_at": "R8.11.24 8:40", "content": "つながらない",
    "provisional_level": "2",
}  # fmt: skip
CHANGE45 = {"kind": "プログラム", "content": "直したい", "reason": "不便"}
TOWNS = ["shiomi", "kirihara", "mizuno"]


@pytest.fixture
def desk(transactional_db, cast, edition, holidays):
    return Desk(cast)


def closing(desk, number, person, where=None, **answers):
    """The act of closing the step, as it stands now, to be done later."""
    step, team = desk.step(number, where), desk.team(person)
    return lambda: progress.close(
        step, by=getattr(desk.cast, person), team=team, at=at(10), answers=answers, version=step.version
    )


def is_whole(desk):
    """No step twice, and the chain of the history holds."""
    rows = desk.case.steps.filter(is_withdrawn=False).values_list("key", "organization", "round")
    assert len(set(rows)) == len(rows)
    assert [f.fault for f in map(verify, streams()) if f.fault] == []


def test_the_last_two_branches_open_the_join_once(desk):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    desk.close(16, "ishii", then=[19, 20], level="2 一部停止", concerns=["shiomi"], impact="窓口")
    results = at_once(
        closing(desk, 19, "ishii", device="a", cause="b", action="c"),
        closing(desk, 20, "ishii", extent="庁内LANのため対象外"),
    )
    assert all(isinstance(r, Task) for r in results)
    assert desk.open == ["24", "25"]
    is_whole(desk)


def test_three_answers_and_one_is_no(desk):
    change = {
        "kind": "改修", "content": "帳票", "concerns": TOWNS, "risk": "戻せる", "planned_on": "R8.12.10",
    }  # fmt: skip
    desk.raise_(44, "ogawa", **change)
    desk.close(44, "ogawa", then=[46])
    desk.close(46, "ishii", before="a", after="b", carried_out_on="R8.11.24")
    results = at_once(
        closing(desk, 47, "ono", "shiomi", result="OK"),
        closing(desk, 47, "makino", "kirihara", result="NG", comment="だめ"),
        closing(desk, 47, "hamanaka", "mizuno", result="OK"),
    )
    done = [isinstance(r, Task) for r in results]
    assert done[1] and all(isinstance(r, Task) or "やり直し中" in str(r) for r in results)
    waiting = [f"47@{town}" for town, is_done in zip(TOWNS, done, strict=True) if not is_done]
    assert desk.open == ["46 2回", *waiting]
    desk.close(46, "ishii", before="a", after="b", carried_out_on="R8.11.24")
    assert {s.partition(" ")[0] for s in desk.open} == {"47@kirihara", *waiting}
    is_whole(desk)


def test_the_last_two_confirmations_end_the_case_once(desk):
    change = {
        "kind": "改修", "content": "帳票", "concerns": TOWNS[:2], "risk": "戻せる", "planned_on": "R8.12.10",
    }  # fmt: skip
    desk.raise_(44, "ogawa", **change)
    desk.close(44, "ogawa", then=[46])
    desk.close(46, "ishii", before="a", after="b", carried_out_on="R8.11.24")
    at_once(
        closing(desk, 47, "ono", "shiomi", result="OK"),
        closing(desk, 47, "makino", "kirihara", result="OK"),
    )
    desk.case.refresh_from_db()
    assert desk.case.state == "closed" and desk.open == []
    is_whole(desk)


def test_numbers_follow_each_other(desk, cast):
    teams = {p: desk.team(p) for p in ("ono", "makino", "hamanaka")}

    def raising(person):
        return lambda: cases.raise_case(
            duty45, by=getattr(cast, person), team=teams[person], at=at(), title="件名", answers=CHANGE45
        )

    duty45 = desk.raise_(45, "ono", **CHANGE45).entry
    results = at_once(*(raising(p) for p in ("ono", "makino", "hamanaka", "ono", "makino")))
    assert all(isinstance(r, Case) for r in results)
    numbers = sorted(Case.objects.values_list("number", flat=True))
    assert numbers == [f"CHG-R8-{n:04}" for n in range(1, 7)]
    CaseCounter.objects.update(last=9998)
    assert [raising("ono")().number for _again in range(2)] == ["CHG-R8-9999", "CHG-R8-10000"]


def test_a_double_click_is_one_case(desk, cast):
    """The second one waits for the first and leaves nothing: no number, no event, no notice."""
    duty45 = desk.raise_(45, "ono", **CHANGE45).entry
    before = Event.objects.count(), Notice.objects.count()

    def sending(token):
        return lambda: cases.raise_case(
            duty45, by=cast.ono, team=desk.team("ono"), at=at(), title="件名", answers=CHANGE45, token=token
        )

    first, second, third = at_once(*(sending("a" * 32) for _ in range(3)))
    assert first == second == third and isinstance(first, Case)
    grown = Event.objects.count() - before[0], Notice.objects.count() - before[1]
    assert Case.objects.count() == 2 and grown == (2, before[1])
    assert sending("b" * 32)().number == "CHG-R8-0003"
    is_whole(desk)


def test_closing_and_withdrawing(desk, cast):
    case = desk.raise_(45, "ono", **CHANGE45)
    step, team = desk.step(45), desk.team("horie")
    results = at_once(
        lambda: progress.close(
            step, by=cast.horie, team=team, at=at(10), answers={}, following=Following(frozenset({52}))
        ),
        lambda: cases.withdraw(case, by=cast.ono, at=at(10), reason="不要"),
    )
    case.refresh_from_db()
    assert case.state == "withdrawn" and desk.open == []
    assert isinstance(results[1], Case)
    assert isinstance(results[0], Task | Refusal)
    is_whole(desk)
