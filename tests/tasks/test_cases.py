"""Cases through their steps, by the commands: the chains of the 60 rows, and what is refused."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import cases, closing, progress
from tasks.models import Case, CaseLink, Task
from tests.desk import Desk
from tests.make import TODAY, at, duty

WORK52 = {"release": "R1", "content": "改修", "rollback_ready": True, "carried_out_on": "R8.11.24"}
CHANGE45 = {"kind": "プログラム", "content": "直したい", "reason": "不便"}
CALL15 = {
    "caller": "大野", "channel": "電話", "noticed_at": "R8.11.24 8:40", "content": "つながらない",
    "provisional_level": "2",
}  # fmt: skip
LEVEL16 = {"level": "2 一部停止", "concerns": ["shiomi", "kirihara"], "impact": "窓口"}
DONE18 = {"cause": "故障", "action": "交換"}


@pytest.fixture
def desk(cast, edition, holidays):
    return Desk(cast)


def change44(**more):
    return {
        "kind": "改修", "content": "帳票", "concerns": ["shiomi", "kirihara", "mizuno"], "risk": "戻せる",
        "planned_on": "R8.12.10", **more,
    }  # fmt: skip


def test_a_change_that_is_sent_back_once(desk, cast):
    case = desk.raise_(45, "ono", **CHANGE45)
    assert (case.number, case.reporter, case.state) == ("CHG-R8-0001", cast.shiomi, "open")
    assert desk.open == ["45@shiomi"]
    desk.close(45, "horie", then=[52])
    assert desk.open == ["52"]
    desk.close(52, "ogawa", file="test_result", **WORK52)
    assert desk.open == ["53@shiomi"]
    desk.close(53, "ono", result="NG", comment="まだ違う")
    assert desk.open == ["52 2回"]
    assert Case.objects.get().is_open
    desk.close(52, "ogawa", file="test_result", **WORK52)
    assert desk.open == ["53@shiomi 2回"]
    desk.close(53, "ono", result="OK")
    assert desk.open == [] and desk.case.state == "closed"
    codes = list(Event.objects.about(desk.case).values_list("code", flat=True))
    assert codes == ["case.closed", "case.raised"]


def test_a_change_for_three_and_one_says_no(desk):
    desk.raise_(44, "ogawa", **change44())
    assert desk.step(44).lead == desk.team("ogawa"), "the raiser leads what it raises"
    desk.close(44, "ogawa", then=[52])
    desk.close(52, "ogawa", file="test_result", **WORK52)
    assert desk.open == ["53@shiomi", "53@kirihara", "53@mizuno"]
    desk.close(53, "ono", where="shiomi", result="OK")
    desk.close(53, "makino", where="kirihara", result="NG", comment="だめ")
    assert desk.open == ["52 2回", "53@mizuno"]
    with pytest.raises(Refusal, match="やり直し中"):
        desk.close(53, "hamanaka", where="mizuno", result="OK")
    desk.close(52, "ogawa", file="test_result", **WORK52)
    assert desk.open == ["53@kirihara 2回", "53@mizuno 2回"], "汐見市 keeps its OK"
    desk.close(53, "makino", where="kirihara", result="OK")
    desk.close(53, "hamanaka", where="mizuno", result="OK")
    assert desk.case.state == "closed"


def test_all_confirm_again(desk):
    desk.raise_(44, "ogawa", **change44(concerns=["shiomi", "kirihara"]))
    desk.close(44, "ogawa", then=[52])
    desk.close(52, "ogawa", file="test_result", **WORK52)
    desk.close(53, "ono", where="shiomi", result="OK")
    desk.close(53, "makino", where="kirihara", result="NG", comment="だめ")
    desk.close(52, "ogawa", file="test_result", asks_all=True, **WORK52)
    assert desk.open == ["53@shiomi 2回", "53@kirihara 2回"]


def test_forms_in_two_deliveries(desk):
    desk.raise_(40, "sato", whom=["shiomi", "kirihara"], form="納税通知書", quantity="100")
    desk.close(40, "sato", block_changed="なし")
    desk.close(41, "sato", file="order_sheet", supplier="印刷所", quantity="100", deliver_on="R8.12.1")
    assert desk.step(42).due_on == date(2026, 12, 1)
    some = {"received_on": "R8.11.24", "handed_by": "佐藤"}
    with pytest.raises(Refusal) as refused:
        desk.close(42, "sato", then=[42], received="60", **some)
    assert "remark" in refused.value.errors, "60 of 100 is a finding"
    desk.close(42, "sato", then=[42], remark="分納", received="60", **some)
    assert desk.open == ["42 2回"], "43 waits for the rest"
    desk.close(42, "sato", remark="残り", received="40", **some)
    assert desk.open == ["43"]
    desk.close(43, "sato", form="納税通知書", place="書庫", real_count="100")
    assert desk.case.state == "closed"


def test_an_incident(desk, cast):
    case = desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    assert case.number == "INC-R8-0001" and desk.open == ["16", "24"]
    assert case.steps.get(duty__number=15).state == "done", "raised and closed in one act"
    with pytest.raises(Refusal) as refused:
        desk.close(16, "ishii", **LEVEL16)
    assert refused.value.errors == {"chosen": "次に行う作業を一つ以上選んでください。"}
    desk.close(16, "ishii", then=[18, 20, 23], **LEVEL16)
    assert desk.open == ["18", "20", "23@shiomi", "23@kirihara", "24"]
    assert set(case.concerns.values_list("organization__code", flat=True)) == {"shiomi", "kirihara"}
    desk.close(18, "ishii", **DONE18)
    desk.close(20, "ishii", extent="庁内LANのため対象外")
    assert case.steps.get(duty__number=20).state == "skipped"
    for place, member in (("shiomi", "ono"), ("kirihara", "makino")):
        task = desk.step(23, place)
        for person, answers in (
            ("morishita", {"data": "住基", "restore_point": "11/24 8:00"}),
            ("ogawa", {"count_before": "3", "count_after": "3", "backed_up": True}),
            (member, {"result": "OK"}),
        ):
            user = getattr(cast, person)
            progress.sign(task, by=user, team=desk.team(person), at=at(), answers=answers)
    assert desk.open == ["24", "25"]
    with pytest.raises(Refusal, match="行った人は"):
        desk.close(25, "ishii", result="回復", confirmed="見た")
    with pytest.raises(Refusal) as refused:
        desk.close(25, "sato", result="未回復", confirmed="まだ")
    assert refused.value.errors == {"again": "やり直す作業を選んでください。"}
    desk.close(25, "sato", again=[18], result="未回復", confirmed="まだ")
    assert desk.open == ["18 2回", "24"]
    desk.close(18, "ishii", **DONE18)
    assert desk.open == ["24", "25 2回"]
    before = desk.step(24).due_on
    desk.close(25, "sato", result="回復", confirmed="見た")
    assert desk.open == ["24"], "26 waits for 24 as well"
    assert (before, desk.step(24).due_on) == (date(2026, 12, 10), date(2026, 11, 26))
    keys = {f.key: f for f in duty(24).fields.all()}
    cause = next(k for k, f in keys.items() if f.kind == "choice")
    check = next(k for k, f in keys.items() if f.kind == "check")
    desk.close(24, "yamaguchi", **{check: True, cause: keys[cause].choices[0]})
    assert desk.open == ["26"]
    with pytest.raises(Refusal, match="障害レベル2"):
        desk.skip(26, "yamaguchi")
    desk.close(26, "yamaguchi", file="incident_report")
    assert desk.case.state == "closed"


def test_a_false_alarm(desk):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    desk.close(16, "sato", level="障害でない", not_incident_reason="操作の誤り")
    assert desk.open == ["24"]
    desk.skip(24, "yamaguchi")
    assert desk.open == ["26"]
    desk.skip(26, "yamaguchi")
    assert desk.case.state == "closed"


def test_an_inquiry_that_becomes_an_incident(desk, cast):
    call = {
        "channel": "電話", "organization": "shiomi", "caller": "大野", "subject": "画面", "content": "出ない",
    }  # fmt: skip
    inquiry = desk.raise_(54, "yamaguchi", answered_at_once="いいえ", **call)
    assert (inquiry.number, inquiry.reporter, desk.open) == ("INQ-R8-0001", cast.shiomi, ["55"])
    desk.close(55, "sato", links={15: None}, kind="不具合")
    assert desk.open == ["56"]
    incident = Case.objects.get(kind="incident")
    assert (incident.number, incident.reporter, incident.title) == ("INC-R8-0001", cast.shiomi, "件名")
    first = incident.steps.get()
    assert first.is_open and first.answers == {"caller": "大野", "channel": "電話", "content": "出ない"}
    second = Desk(cast)
    second.raise_(
        54,
        "yamaguchi",
        answered_at_once="いいえ",
        **call,
    )
    second.close(55, "sato", links={15: incident}, kind="不具合")
    assert CaseLink.objects.filter(case=incident).count() == 2
    assert Case.objects.filter(kind="incident").count() == 1


def test_only_an_open_case_of_the_duty_is_joined(desk, cast):
    call = {
        "channel": "電話",
        "organization": "shiomi",
        "caller": "大野",
        "subject": "a",
        "content": "出ない",
    }
    change = desk.raise_(45, "ono", **CHANGE45)
    ended = desk.raise_(15, "yamaguchi", whom=["kirihara"], **CALL15)
    cases.withdraw(ended, by=cast.morishita, at=at(), reason="誤報")
    desk.raise_(54, "yamaguchi", answered_at_once="いいえ", **call)
    for other in (change, ended):
        with pytest.raises(Refusal) as refused:
            desk.close(55, "sato", links={15: other}, kind="不具合")
        assert other.number in refused.value.errors["links"]
    assert desk.open == ["55"] and not CaseLink.objects.exists()


def test_an_alert_opens_its_incident_by_itself(desk):
    desk.raise_(57, "ishii", whom=["shiomi"])
    desk.close(57, "ishii", judgement="障害", content="エラー")
    assert desk.case.state == "closed" and Case.objects.filter(kind="incident").count() == 1
    desk.raise_(58, "ishii", whom=["shiomi"])
    desk.close(58, "ishii", judgement="問題なし", content="一時的")
    assert Case.objects.filter(kind="incident").count() == 1


def test_who_says_what_kind_it_is(desk):
    desk.raise_(45, "ono", **{**CHANGE45, "kind": "わからない"})
    with pytest.raises(Refusal) as refused:
        desk.close(45, "ono", then=[52])
    assert "ヘルプデスクが決めます" in refused.value.errors["kind"]
    step = desk.step(45)
    with pytest.raises(PermissionDenied):
        closing.save_answers(
            step, by=desk.cast.ishii, team=desk.team("ishii"), at=at(), answers={"kind": "データ"}
        )
    closing.save_answers(
        step, by=desk.cast.yamaguchi, team=desk.team("yamaguchi"), at=at(), answers={"kind": "プログラム"}
    )
    desk.close(45, "ono", then=[52])
    assert desk.open == ["52"]


def test_a_report_opens_for_the_help_desk(desk, cast):
    case = cases.report(
        duty(15),
        by=cast.ono,
        team=cast.team["shiomi"],
        at=at(),
        title="つながらない",
        answers={"content": "朝から"},
    )
    desk.case = case
    assert (case.reporter, desk.open) == (cast.shiomi, ["15"])
    desk.close(15, "yamaguchi", **CALL15)
    assert desk.open == ["16", "24"]
    with pytest.raises(Refusal, match="通報・問合せでは"):
        cases.report(duty(2), by=cast.ono, team=cast.team["shiomi"], at=at(), title="利用者")


@pytest.mark.parametrize(
    ("number", "person", "more", "sentence"),
    [
        (17, "ishii", {"whom": ["shiomi"]}, "見出し"),
        (46, "sato", {"whom": ["shiomi"]}, "ほかの作業の後"),
        (45, "ono", {"whom": ["kirihara"], **CHANGE45}, "自団体"),
        (45, "ono", {"title": " ", **CHANGE45}, "確認してください"),
        (45, "ono", {"content": "", "kind": "設定", "reason": "x"}, "確認してください"),
        (57, "ishii", {}, "確認してください"),
    ],
)
def test_what_can_not_be_raised(desk, number, person, more, sentence):
    with pytest.raises(Refusal, match=sentence):
        desk.raise_(number, person, **more)
    assert not Case.objects.exists() and not Task.objects.exists()


def test_who_can_not_raise(desk, cast):
    with pytest.raises(PermissionDenied):
        desk.raise_(45, "sato", whom=["shiomi"], **CHANGE45)
    assert not Case.objects.exists()


def test_numbers_have_no_gaps(desk):
    first = desk.raise_(45, "ono", **CHANGE45)
    with pytest.raises(Refusal):
        desk.raise_(45, "ono", **{**CHANGE45, "content": ""})
    second = desk.raise_(45, "makino", **CHANGE45)
    incident = desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    assert [c.number for c in (first, second, incident)] == ["CHG-R8-0001", "CHG-R8-0002", "INC-R8-0001"]


def test_a_choice_is_added_and_a_case_withdrawn(desk, cast):
    desk.raise_(45, "ono", **CHANGE45)
    closed = desk.close(45, "ono", then=[52])
    with pytest.raises(PermissionDenied):
        cases.add_choice(closed, 46, by=cast.sato, team=desk.team("sato"), at=at())
    cases.add_choice(closed, 46, by=cast.ono, team=desk.team("ono"), at=at())
    assert desk.open == ["46", "52"]
    with pytest.raises(Refusal, match="すでに"):
        cases.add_choice(closed, 46, by=cast.ono, team=desk.team("ono"), at=at())
    with pytest.raises(PermissionDenied):
        cases.withdraw(desk.case, by=cast.makino, at=at(), reason="不要")
    with pytest.raises(Refusal):
        cases.withdraw(desk.case, by=cast.ono, at=at(), reason=" ")
    case = cases.withdraw(desk.case, by=cast.ono, at=at(), reason="不要になった")
    assert case.state == "withdrawn" and not case.steps.open().exists()
    with pytest.raises(Refusal, match="取り下げ"):
        cases.add_choice(closed, 48, by=cast.ono, team=desk.team("ono"), at=at())


def test_a_duplicate(desk, cast):
    first = desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    second = desk.raise_(15, "yamaguchi", whom=["kirihara"], **CALL15)
    with pytest.raises(Refusal):
        cases.close_as_duplicate(first, first, by=cast.morishita, at=at(), reason="同じ")
    cases.close_as_duplicate(second, first, by=cast.morishita, at=at(), reason="同じ")
    second.refresh_from_db()
    assert (second.state, second.duplicate_of) == ("duplicate", first)


def test_a_closing_is_taken_back_with_what_it_opened(desk, cast):
    desk.raise_(45, "ono", **CHANGE45)
    desk.close(45, "ono", then=[52])
    work = desk.close(52, "ogawa", file="test_result", **WORK52)
    assert desk.open == ["53@shiomi"]
    with pytest.raises(Refusal, match="後の作業"):
        progress.reopen(
            desk.case.steps.get(duty__number=45), by=cast.ono, team=desk.team("ono"), at=at(), reason="誤り"
        )
    progress.reopen(work, by=cast.ogawa, team=desk.team("ogawa"), at=at(), reason="誤り")
    assert desk.open == ["52"]
    desk.close(52, "ogawa", **WORK52)
    assert desk.open == ["53@shiomi"]
    desk.close(53, "ono", result="NG", comment="違う")
    again = desk.close(52, "ogawa", file="test_result", **WORK52)
    progress.reopen(again, by=cast.ogawa, team=desk.team("ogawa"), at=at(), reason="誤り")
    assert desk.open == ["52 2回"]
    desk.close(52, "ogawa", **WORK52)
    desk.close(53, "ono", result="OK")
    with pytest.raises(Refusal, match="完了した案件"):
        progress.reopen(
            desk.case.steps.filter(duty__number=53, is_withdrawn=False).last(),
            by=cast.ono,
            team=desk.team("ono"),
            at=at(),
            reason="x",
        )


def test_whom_it_concerns_can_change(desk, cast):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    desk.close(16, "ishii", then=[18, 23], **LEVEL16)
    assert desk.open == ["18", "23@shiomi", "23@kirihara", "24"]
    with pytest.raises(PermissionDenied):
        cases.change_concerns(desk.case, by=cast.ono, team=desk.team("ono"), at=at(), concerns=[cast.shiomi])
    cases.change_concerns(
        desk.case, by=cast.ishii, team=desk.team("ishii"), at=at(), concerns=[cast.kirihara, cast.mizuno]
    )
    assert desk.open == ["18", "23@kirihara", "23@mizuno", "24"]


def test_whom_it_no_longer_concerns_does_nothing_again(desk, cast):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    desk.close(16, "ishii", then=[23], **LEVEL16)
    for place, member in (("shiomi", "ono"), ("kirihara", "makino")):
        task = desk.step(23, place)
        for person, answers in (
            ("morishita", {"data": "住基", "restore_point": "11/24 8:00"}),
            ("ogawa", {"count_before": "3", "count_after": "3", "backed_up": True}),
            (member, {"result": "OK"}),
        ):
            progress.sign(task, by=getattr(cast, person), team=desk.team(person), at=at(), answers=answers)
    cases.change_concerns(
        desk.case, by=cast.ishii, team=desk.team("ishii"), at=at(), concerns=[cast.kirihara]
    )
    desk.close(25, "sato", again=[23], result="未回復", confirmed="まだ")
    assert desk.open == ["23@kirihara 2回", "24"]


def test_who_reads_what(desk, cast):
    desk.raise_(44, "ogawa", **change44(concerns=["shiomi", "kirihara"]))
    desk.close(44, "ogawa", then=[52])
    desk.close(52, "ogawa", file="test_result", **WORK52)
    numbers = {
        "ono": {"44", "52", "53@shiomi"},
        "makino": {"44", "52", "53@kirihara"},
        "hamanaka": set(),
        "ogawa": {"44", "52", "53@shiomi", "53@kirihara"},
        "morishita": {"44", "52", "53@shiomi", "53@kirihara"},
        "yamaguchi": {"44", "52", "53@shiomi", "53@kirihara"},
        "kubo": set(),
    }
    for person, wanted in numbers.items():
        user = getattr(cast, person)
        seen = (
            Task.objects.visible_to(user, TODAY).filter(case=desk.case).select_related("duty", "organization")
        )
        names = {
            f"{t.duty.number}{'' if t.organization.kind == 'union' else '@' + t.organization.code}"
            for t in seen
        }
        assert names == wanted, person
        assert Case.objects.visible_to(user, TODAY).filter(pk=desk.case.pk).exists() == bool(wanted), person
    incident = Desk(cast)
    incident.raise_(15, "yamaguchi", whom=["kirihara"], **CALL15)
    assert not Case.objects.visible_to(cast.ono, TODAY).filter(pk=incident.case.pk).exists()
    assert Case.objects.visible_to(cast.makino, TODAY).filter(pk=incident.case.pk).exists()
    mine = Task.objects.of_team(cast.team["shiomi"], [duty(16).pk], cast.union.pk)
    assert not mine.exists()
