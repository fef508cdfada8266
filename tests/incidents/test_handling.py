"""An incident follows its steps; its level is judged again, its clock waits; who is told, who sees what."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from incidents import escalation, handling
from incidents.catchup import catch_up
from incidents.models import Incident, Pause, Stage
from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from opsdesk.notices.models import Notice
from tasks import cases, progress
from tests.desk import Desk
from tests.make import at
from tests.tasks.test_case import CALL15, LEVEL16

WORK = {"cause": "故障", "action": "交換"}
WELL = {"result": "回復", "confirmed": "見た"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False) as clock:
        yield clock


@pytest.fixture
def desk(cast, edition, holidays):
    return Desk(cast, now=at(10))


@pytest.fixture
def incident(desk):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    return desk


def of(desk):
    return Incident.objects.get(case=desk.case)


def local(moment):
    return f"{timezone.localtime(moment):%m-%d %H:%M}"


def test_it_follows_its_steps(incident, cast):
    desk = incident
    found = of(desk)
    assert (found.stage, found.level, found.provisional_level, found.means) == (Stage.JUDGED, "", "2", "電話")
    assert local(found.detected_at) == "11-24 08:40"
    desk.now = at(11)
    desk.close(16, "ishii", then=[18, 19], **LEVEL16)
    found = of(desk)
    assert (found.stage, found.level, found.judged_at) == (Stage.HANDLED, "2", at(11))
    desk.now = at(12)
    desk.close(18, "ishii", **WORK)
    assert (of(desk).stage, of(desk).responded_at) == (Stage.HANDLED, at(12))
    desk.close(19, "ishii", device="PRT01", **WORK)
    assert of(desk).stage == Stage.CONFIRMED
    desk.close(25, "sato", again=[18], result="未回復", confirmed="まだ")
    assert (of(desk).stage, of(desk).recovered_at) == (Stage.HANDLED, None)
    desk.close(18, "ishii", **WORK)
    desk.now = at(14)
    desk.close(25, "sato", **WELL)
    found = of(desk)
    assert (found.stage, found.recovered_at) == (Stage.REPORTED, at(14))
    desk.close(24, "yamaguchi", course_recorded=True, cause_kind="ハードウェア")
    assert of(desk).cause_kind == "ハードウェア"
    desk.close(26, "yamaguchi", file="incident_report")
    assert of(desk).stage == Stage.DONE and not desk.case.is_open


def test_no_incident(incident):
    incident.close(16, "ishii", level="障害でない", not_incident_reason="誤報")
    found = of(incident)
    assert found.is_none and found.level == "" and found.stage == Stage.REPORTED


def test_reopened_it_is_unjudged_again(incident, cast):
    step = incident.close(16, "ishii", then=[18], **LEVEL16)
    rejudge(incident, "1")
    step.refresh_from_db()
    progress.reopen(step, by=cast.ishii, team=incident.team("ishii"), at=at(10), reason="誤り")
    found = of(incident)
    assert (found.stage, found.level, found.rejudged_at) == (Stage.JUDGED, "", None)
    incident.close(16, "ishii", then=[18], **{**LEVEL16, "level": "4 軽微"})
    assert of(incident).level == "4"


def test_withdrawn_it_is_done(incident, cast):
    cases.withdraw(incident.case, by=cast.morishita, at=at(10), reason="誤報")
    assert of(incident).stage == Stage.DONE


def test_those_before_the_app_get_theirs(incident):
    incident.close(16, "ishii", then=[18], **LEVEL16)
    Incident.objects.all().delete()
    assert catch_up("default") == 1 and of(incident).level == "2"
    assert catch_up("default") == 0


def rejudge(desk, level, person="sato", reason="広がった", now=None):
    return handling.rejudge(
        desk.case, level=level, by=getattr(desk.cast, person), team=desk.team(person),
        at=now or desk.now, reason=reason,
    )  # fmt: skip


def test_judged_again_it_is_due_anew(incident, cast):
    step = incident.close(16, "ishii", then=[18], **LEVEL16)
    assert local(incident.step(18).due_at) == "11-24 18:00"  # level 2: 8 hours from 10:00
    Notice.objects.all().delete()
    rejudge(incident, "1")
    assert local(incident.step(18).due_at) == "11-24 14:00"
    assert of(incident).level == "1"
    step.refresh_from_db()
    assert step.answers["level"] == "2 一部停止"  # what was judged first stays
    event = Event.objects.get(code="incident.rejudged")
    assert (event.data["before"], event.data["after"], event.data["reason"]) == ("2", "1", "広がった")
    told = set(Notice.objects.filter(code="incident.rejudged").values_list("person__login", flat=True))
    assert {"ono", "morishita", "ogawa"} <= told and not {"sato", "hamanaka"} & told
    assert Notice.objects.filter(is_urgent=True, code="incident.rejudged").count() == len(told)
    incident.close(18, "ishii", **WORK)
    incident.close(25, "sato", **WELL)
    incident.close(24, "yamaguchi", course_recorded=True, cause_kind="不明")
    assert local(incident.step(26).due_at) == "11-25 17:15"  # level 1: one business day
    with pytest.raises(Refusal, match="レベル1"):
        incident.skip(26, "yamaguchi")


@pytest.mark.parametrize(
    ("level", "reason", "field"),
    [("2", "x", "level"), ("9", "x", "level"), ("", "x", "level"), ("1", " ", "reason")],
)
def test_a_wrong_judgement(incident, level, reason, field):
    incident.close(16, "ishii", then=[18], **LEVEL16)
    with pytest.raises(Refusal) as refused:
        rejudge(incident, level, reason=reason)
    assert set(refused.value.errors) == {field}
    assert of(incident).level == "2" and not Event.objects.filter(code="incident.rejudged").exists()


def test_who_judges_again(incident):
    for person in ("sato", "yamaguchi"):  # nobody, before it was judged
        with pytest.raises(PermissionDenied):
            rejudge(incident, "1", person)
    incident.close(16, "ishii", then=[18], **LEVEL16)
    for person in ("yamaguchi", "ono", "morishita"):
        with pytest.raises(PermissionDenied):
            rejudge(incident, "1", person)
    rejudge(incident, "3", "ogawa")


def pause(desk, until, person="ishii", reason="部品待ち", now=None):
    return handling.pause(
        desk.case, until=until, by=getattr(desk.cast, person), team=desk.team(person),
        at=now or desk.now, reason=reason,
    )  # fmt: skip


def resume(desk, now, person="ishii"):
    return handling.resume(desk.case, by=getattr(desk.cast, person), team=desk.team(person), at=now)


def test_waiting_stops_the_clock(incident):
    incident.close(16, "ishii", then=[18], **LEVEL16)
    pause(incident, at(15), now=at(11))
    assert local(incident.step(18).due_at) == "11-24 22:00"
    with pytest.raises(Refusal, match="すでに"):
        pause(incident, at(16), now=at(12))
    resume(incident, at(12))
    assert local(incident.step(18).due_at) == "11-24 19:00"
    with pytest.raises(Refusal, match="止まっていません"):
        resume(incident, at(13))
    assert list(Event.objects.filter(code__startswith="incident.").values_list("code", flat=True)) == [
        "incident.paused", "incident.resumed",
    ]  # fmt: skip
    incident.now = at(16)
    incident.close(18, "ishii", **WORK)  # a step opened later is dated by what is still to come


def test_what_opens_while_it_waits_waits_too(incident):
    incident.close(16, "ishii", then=[18], **LEVEL16)
    pause(incident, at(15), now=at(11))
    incident.now = at(12)
    cases.add_choice(
        incident.case.steps.get(duty__number=16),
        19,
        by=incident.cast.ishii,
        team=incident.team("ishii"),
        at=at(12),
    )
    assert local(incident.step(19).due_at) == "11-24 23:00"  # eight hours from 15:00


def test_a_wrong_pause(incident):
    incident.close(16, "ishii", then=[18], **LEVEL16)
    for until, reason, field in ((at(9), "x", "until"), (at(11), " ", "reason")):
        with pytest.raises(Refusal) as refused:
            pause(incident, until, reason=reason)
        assert set(refused.value.errors) == {field}
    for person in ("yamaguchi", "ono"):
        with pytest.raises(PermissionDenied):
            pause(incident, at(11), person)
    pause(incident, at(11), "morishita")
    assert Pause.objects.count() == 1


def told(code):
    return set(Notice.objects.filter(code=code).values_list("person__login", flat=True))


def test_half_of_the_time_and_all_of_it_are_told_once(incident):
    escalation.escalate(at(10))
    incident.close(16, "ishii", then=[18], **LEVEL16)
    assert escalation.escalate(at(13, 59)) == 0
    escalation.escalate(at(14))
    assert {"ishii", "morishita"} <= told("incident.half") and "ono" not in told("incident.half")
    n = Notice.objects.filter(code="incident.half").count()
    escalation.escalate(at(14, 1))
    assert Notice.objects.filter(code="incident.half").count() == n
    assert escalation.escalate(at(17, 59)) == 0
    escalation.escalate(at(23))  # late, and once
    assert {"ishii", "morishita", "ono"} <= told("incident.over")
    assert not Notice.objects.filter(code="incident.over", is_urgent=False).exists()
    assert "yamaguchi" not in told("incident.over") and "hamanaka" not in told("incident.over")
    assert escalation.escalate(at(23)) == 0
    rejudge(incident, "3", now=at(23))
    assert escalation.escalate(at(23, 59)) == 0


def test_a_clock_that_waits_tells_nobody(incident):
    escalation.escalate(at(10))
    incident.close(16, "ishii", then=[18], **LEVEL16)
    pause(incident, at(17), now=at(11))
    assert escalation.escalate(at(16)) == 0
    escalation.escalate(at(21))
    assert told("incident.half") and not told("incident.over")
