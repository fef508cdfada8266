"""The chains of the sheet in a browser: each person does the own step, and the next one has the turn."""

import re

import pytest
from playwright.sync_api import expect

from tasks.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PAPER = {"name": "記録.txt", "mimeType": "text/plain", "buffer": "記録".encode()}
CALL15 = {
    "caller": "大野", "channel": "電話", "noticed_at": "R8.11.20 8:40", "content": "つながらない",
    "provisional_level": "2",
}  # fmt: skip
LEVEL16 = {"level": "2 一部停止", "concerns": ["shiomi"], "impact": "窓口が止まる"}
WORK52 = {
    "release": "R1", "content": "直した", "rollback_ready": True, "carried_out_on": "R8.11.20",
    "test_result": PAPER,
}  # fmt: skip
CHANGE45 = {"kind": "プログラム", "content": "帳票の罫線", "reason": "読みにくい"}


class Office:
    """One case in several browsers."""

    def __init__(self, desk, world):
        self.desk, self.world, self.case = desk, world, None

    def fill(self, page, fields):
        for key, value in fields.items():
            name = f"f-{key}"
            if isinstance(value, dict):
                page.locator(f'input[type="file"][name="file-{key}"]').set_input_files(value)
                continue
            box = page.locator(f'main [name="{name}"]')
            kind = box.first.get_attribute("type")
            if kind in ("radio", "checkbox"):
                for one in value if isinstance(value, list) else [value]:
                    chosen = box if one is True else page.locator(f'main [name="{name}"][value="{one}"]')
                    chosen.check(force=True)
            else:
                box.fill(value)

    def tick(self, page, name, values):
        for value in values:
            page.locator(f'main [name="{name}"][value="{value}"]').check(force=True)

    def raise_(self, number, person, *, title, whom=(), verb="起票する", then=(), **fields):
        page = self.desk(getattr(self.world, person), f"/raise/{number}/")
        page.get_by_label("件名").first.fill(title)
        self.tick(page, "concerns", [str(w) for w in whom])
        self.fill(page, fields)
        self.tick(page, "then", then)
        page.get_by_role("button", name=verb, exact=True).click()
        page.wait_for_url(re.compile("/cases/"))
        self.case = Case.objects.order_by("pk").last()
        return page

    @property
    def open(self):
        rows = self.case.steps.open().filter(is_withdrawn=False).select_related("duty", "organization")
        return [
            f"{t.duty.number}{'' if t.organization.kind == 'union' else '@' + t.organization.code}"
            + (f" {t.round}回" if t.round > 1 else "")
            for t in rows.order_by("duty__number", "organization__position")
        ]

    def step(self, number, where=None):
        rows = self.case.steps.open().filter(duty__number=number, is_withdrawn=False)
        return (rows.filter(organization__code=where) if where else rows).get()

    def close(
        self, number, person, *, where=None, then=(), again=(), links=None, remark="", act="close", **fields
    ):
        task = self.step(number, where)
        page = self.desk(getattr(self.world, person), f"/tasks/{task.pk}/")
        self.fill(page, fields)
        self.tick(page, "then", then)
        self.tick(page, "again", again)
        for key, value in (links or {}).items():
            page.locator(f'main [name="link-{key}"]').select_option(value)
        if remark:
            page.locator('main textarea[name="remark"]').fill(remark)
        verb = {"close": "完了を記録する", "sign": re.compile("^(署名を記録する|記録する)$")}[act]
        page.locator("#close").get_by_role("button", name=verb).click()
        said = "署名を記録しました。" if act == "sign" else re.compile("完了にしました")
        page.get_by_role("status").filter(has_text=said).first.wait_for()
        return page

    def ends(self, person, state="完了"):
        page = self.desk(getattr(self.world, person), f"/cases/{self.case.number}/")
        expect(page.locator("main")).to_contain_text(state)
        self.case.refresh_from_db()
        assert self.case.state == "closed" and self.open == []
        return page


@pytest.fixture
def office(desk, world):
    return Office(desk, world)


def test_a_change_that_is_sent_back_once(office):
    office.raise_(45, "ono", title="罫線を直す", **CHANGE45)
    assert office.open == ["45@shiomi"]
    office.close(45, "ono", then=[52])
    office.close(52, "ogawa", **WORK52)
    office.close(53, "ono", where="shiomi", result="NG", comment="まだ薄い")
    assert office.open == ["52 2回"]
    office.close(52, "ogawa", **WORK52)
    office.close(53, "ono", where="shiomi", result="OK")
    page = office.ends("ono")
    expect(page.locator("main")).to_contain_text("第2回")


def test_a_change_for_three_and_one_says_no(office):
    towns = ["shiomi", "kirihara", "mizuno"]
    office.raise_(
        44,
        "ogawa",
        title="改修",
        kind="改修",
        content="帳票",
        concerns=towns,
        risk="戻せる",
        planned_on="R8.12.10",
    )
    office.close(44, "ogawa", then=[52])
    office.close(52, "ogawa", **WORK52)
    office.close(53, "ono", where="shiomi", result="OK")
    office.close(53, "makino", where="kirihara", result="NG", comment="だめ")
    assert office.open == ["52 2回", "53@mizuno"]
    office.close(52, "ogawa", **WORK52)
    assert office.open == ["53@kirihara 2回", "53@mizuno 2回"]
    office.close(53, "makino", where="kirihara", result="OK")
    office.close(53, "hamanaka", where="mizuno", result="OK")
    page = office.ends("ono")
    expect(page.locator("main")).not_to_contain_text("桐原市")


def test_forms_in_two_deliveries(office, world):
    office.raise_(
        40, "sato", title="納税通知書", whom=codes(world, "shiomi"), form="納税通知書", quantity="100"
    )
    office.close(40, "sato", block_changed="なし")
    office.close(41, "sato", supplier="印刷所", quantity="100", deliver_on="R8.12.1", order_sheet=PAPER)
    some = {"received_on": "R8.11.20", "handed_by": "佐藤"}
    office.close(42, "sato", received="60", then=[42], remark="分納", **some)
    assert office.open == ["42 2回"]
    office.close(42, "sato", received="40", remark="残り", **some)
    office.close(43, "sato", form="納税通知書", place="書庫", real_count="100")
    office.ends("sato")


def test_a_call_that_becomes_an_incident(office):
    call = {"channel": "電話", "organization": "shiomi", "caller": "大野", "content": "画面が出ない"}
    office.raise_(54, "yamaguchi", title="画面が出ない", verb="登録する", answered_at_once="いいえ", **call)
    assert office.open == ["55"]
    office.close(55, "sato", kind="不具合", links={15: "new"})
    incident = Case.objects.get(kind="incident")
    office.close(56, "yamaguchi", history_recorded=True)
    page = office.ends("yamaguchi")
    expect(page.get_by_role("link", name=re.compile(incident.number)).first).to_be_visible()


def test_an_incident(office, world):
    office.raise_(
        15, "yamaguchi", title="つながらない", verb="登録する", whom=codes(world, "shiomi"), **CALL15
    )
    assert office.open == ["16", "24"]
    office.close(16, "ishii", then=[18, 20, 23], **LEVEL16)
    office.close(18, "ishii", cause="故障", action="交換")
    office.close(20, "ishii", extent="対象", cause="断線", action="張り替え")
    for person, fields in (
        ("morishita", {"data": "住基", "restore_point": "11/20 8:00"}),
        ("ogawa", {"count_before": "3", "count_after": "3", "backed_up": True}),
        ("ono", {"result": "OK"}),
    ):
        office.close(23, person, where="shiomi", act="sign", **fields)
    assert office.open == ["24", "25"]
    office.close(25, "sato", result="未回復", confirmed="まだ", again=[18])
    assert office.open == ["18 2回", "24"]
    office.close(18, "ishii", cause="故障", action="もう一度交換")
    office.close(25, "sato", result="回復", confirmed="見た")
    office.close(24, "yamaguchi", course_recorded=True, cause_kind="ハードウェア")
    office.close(26, "yamaguchi", incident_report=PAPER)
    office.ends("ono")


def test_a_mayor_to_come(office):
    office.raise_(
        14, "ono", title="市長の交代", post="市長", name="相良 千歳", apply_on="R8.12.1",
    )  # fmt: skip
    assert office.step(14).due_on.isoformat() == "2026-11-30", "the business day before"
    office.close(14, "sato", switch_plan="夜に切り替える", test_printed=True)
    office.ends("ono")


def test_a_false_alarm(office, world):
    office.raise_(15, "yamaguchi", title="誤報", verb="登録する", whom=codes(world, "shiomi"), **CALL15)
    office.close(16, "sato", level="障害でない", not_incident_reason="操作の誤り")
    for number in (24, 26):
        page = office.desk(world.yamaguchi, f"/tasks/{office.step(number).pk}/")
        page.get_by_role("link", name="対象外にする").click()
        page.get_by_role("textbox", name="理由").fill("障害ではなかった")
        page.get_by_role("button", name="対象外にする").click()
        page.wait_for_url(re.compile(r"/tasks/\d+/$"))
    office.ends("yamaguchi")


def codes(world, *names):
    return [getattr(world, name).code for name in names]
