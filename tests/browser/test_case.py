"""The page of a case in a browser: a note by the keyboard, a correction, to a step and back, on paper."""

import pytest
from playwright.sync_api import expect

from tasks import cases
from tests.browser.world import NOW, panel, says
from tests.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CALL15 = {
    "caller": "大野", "channel": "電話", "noticed_at": "R8.11.20 8:40", "content": "出ない",
    "provisional_level": "2",
}  # fmt: skip


@pytest.fixture
def incident(world):
    front = Desk(world, now=NOW)
    front.raise_(15, "yamaguchi", title="証明書が印刷できない", whom=["shiomi"], **CALL15)
    front.close(16, "sato", then=[18], level="2 一部停止", concerns=["shiomi"], impact="窓口")
    return front.case


def test_a_note_is_written_and_put_right(desk, world, incident):
    page = desk(world.sato, f"/cases/{incident.number}/")
    page.keyboard.press("c")
    page.keyboard.type("9:20 に再起動した")
    page.get_by_label("判断", exact=True).check()
    page.get_by_label("記録の内容").press("Control+Enter")
    says(page, "記録を書き込みました。")
    log = panel(page, "経過")
    expect(log.locator(".tl > li").first).to_contain_text("判断")
    page.get_by_role("link", name="訂正する").click()
    expect(log).to_contain_text("の記録を訂正します")
    page.get_by_label("記録の内容").fill("再起動は 9:25")
    page.get_by_role("button", name="記録する", exact=True).click()
    expect(log.locator(".tl > li").first).to_contain_text("の記録の訂正")
    expect(log.locator(".tl > li").nth(1)).to_contain_text("この記録は後で訂正されています。")


def test_a_saved_note_does_not_come_back_to_who_is_fast(desk, world, incident):
    """The page that says 書き込みました is left before its scripts are there."""
    page = desk(world.sato, f"/cases/{incident.number}/")
    page.keyboard.press("c")
    page.keyboard.type("9:20 に再起動した")
    page.route("**/js/ops*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.get_by_label("記録の内容").press("Control+Enter")
    says(page, "記録を書き込みました。")
    page.unroute("**/js/ops*.js")
    page.get_by_role("link", name="訂正する").click()
    expect(page.locator("#comp[data-draft-bound]")).to_be_attached()
    expect(page.get_by_label("記録の内容")).to_have_value("")
    expect(page.get_by_text("まだ記録されていません")).to_have_count(0)


def test_to_a_step_and_back(desk, world, incident):
    page = desk(world.ishii, f"/cases/{incident.number}/")
    page.get_by_role("link", name="No.18 完了にする").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("クライアントPC")
    page.get_by_role("link", name=f"{incident.number} 証明書が印刷できない").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("証明書が印刷できない")


def test_on_paper_there_is_what_is_to_be_read(desk, world, incident):
    page = desk(world.morishita, f"/cases/{incident.number}/")
    page.emulate_media(media="print")
    expect(page.get_by_text("影響する団体")).to_be_visible()
    for gone in ("#comp", ".tlh .acts", "a.btn", "nav.crumb"):
        assert page.locator(f"{gone}:visible").count() == 0, gone
    assert page.locator(".ev").first.evaluate("(e) => getComputedStyle(e).breakInside") == "avoid"
    cases.withdraw(incident, by=world.morishita, at=NOW, reason="誤報")
    page.reload()
    expect(page.get_by_text("この案件は「取り下げ」です。")).to_be_visible()
