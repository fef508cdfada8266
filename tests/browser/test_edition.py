"""A draft of the matrix in a browser: keyboard, paste, rows, saving, publishing; without scripts too."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from raci import drafting
from raci.content import rows_of
from raci.models import Edition
from tests.browser.world import GIVE, NOW, says

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(world):
    return drafting.revise(Edition.objects.get(), by=world.morishita, at=NOW)


def cell(page: Page, key: int, role: str):
    return page.locator(f"#c-{key}-marks-{role}")


def stored():
    return {row["key"]: row for row in rows_of(Edition.objects.get(number=2))}


def save(page: Page) -> None:
    page.get_by_role("button", name="保存する").click()
    says(page, "保存しました。")


def test_marks_by_keyboard(desk, world):
    page = desk(world.morishita, "/matrix/")
    page.get_by_role("button", name="改定案を作る").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("改定案 第2版")
    page.wait_for_load_state()
    cell(page, 34, "helpdesk").focus()
    page.keyboard.press("2")
    expect(cell(page, 34, "helpdesk")).to_have_value("support")
    expect(page.locator("#r34 td.chg")).to_contain_text("◎→")
    page.keyboard.press("ArrowRight")
    expect(cell(page, 34, "operations")).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("1")
    page.keyboard.press("ArrowLeft")
    expect(cell(page, 35, "helpdesk")).to_be_focused()
    page.keyboard.press("0")
    page.keyboard.press("Tab")
    expect(cell(page, 35, "operations")).to_be_focused()
    page.keyboard.press("3")
    page.keyboard.press("1")
    page.locator("#s-g").click()
    page.keyboard.press("2")  # outside of the grid a digit means nothing
    save(page)
    after = stored()
    assert after[34]["marks"] == {"helpdesk": "support", "operations": "main"}
    assert after[35]["marks"] == {"operations": "main"}
    expect(page.get_by_role("row", name=re.compile("^35 ヘルプデスク ◎ 空白 見えなくなる"))).to_be_visible()


def test_a_paste_from_excel(desk, world, draft):
    page = desk(world.morishita, "/editions/2/")
    cell(page, 34, "helpdesk").evaluate(GIVE, {"kind": "paste", "text": "○\t◎\r\nx\t〇\r\n"})
    expect(page.get_by_role("alert")).to_contain_text(
        "No.35 ヘルプデスク: 「x」は ◎ ○ △ 空白 のどれでもありません。"
    )
    expect(cell(page, 34, "operations")).to_have_value("main")
    expect(cell(page, 35, "helpdesk")).to_have_attribute("aria-invalid", "true")
    save(page)
    assert stored()[35]["marks"] == {"helpdesk": "main", "operations": "support"}


def test_rows_are_added_moved_and_retired(desk, world, draft):
    page = desk(world.morishita, "/editions/2/")
    page.get_by_role("button", name="No.34 編集").click()
    expect(page.locator("#c-34-work")).to_be_focused()
    page.get_by_role("button", name="下に行を追加").click()
    expect(page.locator("#c--1-work")).to_be_focused()
    page.keyboard.type("バックアップ取得の確認")
    page.locator("#c--1-cycle").select_option("日次")
    cell(page, -1, "hwnw").focus()
    page.keyboard.press("1")
    page.get_by_role("group", name="No.61 の編集").locator("xpath=..").get_by_role(
        "button", name="上へ"
    ).click()
    expect(page.locator("#up--1")).to_be_focused()
    expect(page.locator("#r-1 + tr + #r34")).to_have_count(1)
    page.get_by_role("button", name="No.60 編集").click()
    page.locator("#r60 + tr").get_by_role("button", name="廃止する").click()
    expect(page.locator("#r60")).to_contain_text("廃止")
    expect(page.get_by_role("button", name="No.60 戻す")).to_be_focused()
    page.get_by_role("button", name="No. を振り直す").click()
    expect(page.locator("#r-1")).to_contain_text("34")
    save(page)
    rows = list(stored().values())
    assert [r["key"] for r in rows[32:35]] == [33, 61, 34] and len(rows) == 60
    assert rows[33] | {"note": ""} == {
        "key": 61, "number": 34, "category": "", "section": "業務処理(構成団体出力)", "note": "",
        "work": "バックアップ取得の確認", "cycle": "daily", "marks": {"hwnw": "main"}, "schedule": {},
    }  # fmt: skip
    assert rows[34]["section"] == ""
    page.get_by_role("button", name="元に戻す").click()
    says(page, "最後の保存を元に戻しました。")
    assert list(stored()) == list(range(1, 61))


def test_what_is_not_saved_is_not_left_by_accident(desk, world, draft):
    page = desk(world.morishita, "/editions/2/")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    cell(page, 34, "helpdesk").focus()
    page.keyboard.press("2")
    with page.expect_event("dialog"):
        page.get_by_role("navigation", name="現在位置").get_by_role("link", name="改定履歴").click()
    page.wait_for_timeout(300)  # nothing comes of it
    assert asked == ["beforeunload"] and page.url.endswith("/editions/2/")
    page.keyboard.press("Escape")
    cell(page, 34, "helpdesk").focus()
    page.keyboard.press("1")
    page.get_by_role("navigation", name="現在位置").get_by_role("link", name="改定履歴").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("改定履歴")


def test_two_people_at_once(desk, world, draft):
    page = desk(world.morishita, "/editions/2/")
    rows = rows_of(draft)
    rows[33]["marks"] = {"package": "main"}
    drafting.save(draft, rows, by=world.miura, at=NOW)
    cell(page, 34, "hwnw").select_option("△")
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_role("alert")).to_contain_text("三浦 健一 が 10:58 に先に保存しました。")
    expect(cell(page, 34, "hwnw")).to_have_value("related")
    expect(cell(page, 34, "package")).to_have_value("main")
    save(page)
    assert stored()[34]["marks"] == {"package": "main", "hwnw": "related"}


def test_compared_and_published_by_another(desk, world, draft):
    rows = rows_of(draft)
    rows[33]["marks"], rows[34]["marks"] = {}, {"operations": "main"}
    drafting.save(draft, rows, by=world.morishita, at=NOW)
    page = desk(world.miura, "/editions/2/")
    expect(page.get_by_role("button", name="公開の確認へ進む")).to_be_disabled()
    expect(page.get_by_text("No.34 を直すと公開できます")).to_be_visible()
    page.get_by_role("link", name="No.34 バッチ処理起動").click()
    rows[33]["marks"] = {"operations": "main"}
    drafting.save(draft, rows, by=world.morishita, at=NOW)
    page.reload()
    expect(page.locator("#impact")).to_contain_text("未着手の作業")
    page.get_by_label("施行日").fill("R9.1.1")
    page.keyboard.press("Tab")
    expect(page.locator("#impact")).to_contain_text("令和9年1月1日(金)")
    page.get_by_role("link", name="新旧対照表").click()
    expect(page.get_by_role("row", name=re.compile("^34 ヘルプデスク ◎ 空白"))).to_be_visible()
    page.go_back()
    page.get_by_label("施行日").fill("R9.1.1")
    page.get_by_role("button", name="公開の確認へ進む").click()
    page.get_by_role("button", name="第2版を公開する").click()
    says(page, "第2版を公開しました。令和9年1月1日から施行されます。")
    assert Edition.objects.get(number=2).in_force_on == date(2027, 1, 1)
    page = desk(world.sato, "/matrix/")
    expect(page.get_by_text("第2版が 令和9年1月1日 から施行されます。")).to_be_visible()
    page.get_by_role("link", name="変わるところを見る").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("第2版")


def test_without_scripts(desk, world, draft):
    page = desk(world.morishita, "/editions/2/", java_script_enabled=False)
    cell(page, 34, "helpdesk").select_option("○")
    page.get_by_role("button", name="No.35 編集").click()
    page.locator("#c-35-work").fill("処理の監視")
    page.get_by_role("button", name="下に行を追加").click()
    page.locator("#c--1-work").fill("新しい監視")
    page.get_by_role("button", name="変更のある行").click()
    expect(cell(page, 34, "helpdesk")).to_have_value("support")
    page.get_by_text("Excel から貼り付ける").click()
    page.get_by_label("始める行の No.").fill("34")
    page.get_by_label("始める列").select_option("業務運用")
    page.get_by_label("貼り付ける範囲").fill("◎\n◎\n◎")
    page.get_by_role("button", name="貼り付ける", exact=True).click()
    expect(cell(page, -1, "operations")).to_have_value("main")
    save(page)
    after = stored()
    assert after[34]["marks"] == {"helpdesk": "support", "operations": "main"}
    assert (after[35]["work"], after[61]["work"]) == ("処理の監視", "新しい監視")
    page.get_by_role("button", name="何が起きるか数える").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("第2版を公開すると")


def test_the_comparison_on_paper(desk, world, draft):
    rows = rows_of(draft)
    rows[33]["marks"] = {"operations": "main"}
    drafting.save(draft, rows, by=world.morishita, at=NOW)
    page = desk(world.morishita, "/editions/compare/?old=1&new=2")
    page.emulate_media(media="print")
    expect(page.locator(".print-head")).to_be_visible()
    expect(page.locator(".print-head")).to_contain_text("承認")
    expect(page.locator(".filter")).to_be_hidden()
