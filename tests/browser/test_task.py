"""A task in a browser: closed in its row, lines pasted, a draft that outlives the session, no script."""

import re

import pytest
from playwright.sync_api import expect

from tasks.models import Signature, Task
from tests.browser.world import confirm_all, faults, row, says, sign_in, task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHECKS = ("オンラインサービス稼働", "夜間バッチ結果", "バックアップ結果", "ディスク空き容量", "イベントログ")
PASTED = "児童手当\t2026/12/7\t支払日=R8.12.10\t2026/12/8\t412\n国保\t12月の日曜\t\t2026/12/15\t64\n"


def choose(place, name, answer):
    place.get_by_role("radiogroup", name=name).get_by_role("radio", name=answer, exact=True).check(force=True)


def test_closed_where_it_is_read(desk, world):
    of = task(9)
    page = desk(world.sato, "/")
    line = row(page, of)
    line.get_by_role("link", name="完了にする").click()
    form = line.get_by_role("form", name="No.9 日常点検の実施 を完了にする")
    for name in CHECKS:
        choose(form, name, "OK")
    form.get_by_role("button", name="完了を記録する").click()
    expect(line.get_by_role("alert")).to_contain_text("機器ランプ・空調・電源を選んでください。")
    expect(
        form.get_by_role("radiogroup", name="イベントログ").get_by_role("radio", name="OK")
    ).to_be_checked()
    choose(form, "機器ランプ・空調・電源", "対象なし")
    form.get_by_role("button", name="完了を記録する").click()
    expect(line.get_by_role("link", name="取り消す")).to_be_visible()
    assert Task.objects.get(pk=of.pk).state == "done"
    page.reload()
    page.goto(f"/tasks/{of.pk}/")
    expect(page.get_by_role("region", name="履歴")).to_contain_text("正常 実施日 11/20(金)")


def test_the_form_of_a_row_goes_away_again(desk, world):
    line = row(desk(world.sato, "/"), task(9))
    line.get_by_role("link", name="完了にする").click()
    line.get_by_role("link", name="やめる").click()
    expect(line.get_by_role("form")).to_have_count(0)


def test_lines_are_pasted_and_an_error_stands_at_its_cell(desk, world):
    of = task(29, world.shiomi)
    page = desk(world.ono, f"/tasks/{of.pk}/")
    first = page.get_by_label("明細1 処理名")
    first.focus()
    page.evaluate(
        """text => { const clipboardData = new DataTransfer(); clipboardData.setData("text/plain", text);
        const paste = new ClipboardEvent("paste", {clipboardData, bubbles: true});
        document.activeElement.dispatchEvent(paste); }""",
        PASTED,
    )
    expect(page.get_by_label("明細2 部数")).to_have_value("64")
    page.get_by_role("button", name="署名を記録する").click()
    expect(page.get_by_role("alert")).to_contain_text("明細2行目 処理日")
    cell = page.get_by_label("明細2 処理日")
    expect(cell).to_have_value("12月の日曜")
    expect(cell).to_have_attribute("aria-invalid", "true")
    cell.fill("Ｒ８．１２．１４")
    page.get_by_role("button", name="署名を記録する").click()
    says(page, "署名を記録しました。")
    of.refresh_from_db()
    assert [line["process_on"] for line in of.answers["lines"]] == ["2026-12-07", "2026-12-14"]
    assert Signature.objects.get().by == world.ono


def test_what_was_typed_outlives_the_session(desk, world):
    of = task(8, world.shiomi)
    page = desk(world.ono, f"/tasks/{of.pk}/")
    page.get_by_label("総台数").fill("86")
    page.get_by_label("所見").fill("2台は休職中の職員のもの")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="途中保存").last.click()
    expect(page.get_by_label("ログインID")).to_be_visible()
    sign_in(page, "ono", world.password)
    expect(page).to_have_url(re.compile(rf"/tasks/{of.pk}/$"))
    expect(page.get_by_label("所見")).to_have_value("2台は休職中の職員のもの")
    expect(page.get_by_label("総台数")).to_have_value("86")
    page.get_by_role("button", name="途中保存").last.click()
    says(page, "途中保存しました。")
    assert Task.objects.get(pk=of.pk).answers == {"machines": 86}
    page.wait_for_load_state("networkidle")
    assert page.evaluate("Object.keys(localStorage).filter(name => name.includes('task-'))") == []


def test_without_script(desk, world):
    of = task(9)
    page = desk(world.sato, f"/tasks/{of.pk}/", java_script_enabled=False)
    confirm_all(page)
    page.get_by_role("button", name="完了を記録する").click()
    says(page, "完了にしました")
    lines = task(29, world.shiomi)
    page = desk(world.ono, f"/tasks/{lines.pk}/", java_script_enabled=False)
    page.get_by_label("明細1 処理名").fill("国保")
    page.get_by_role("button", name="明細を追加").click()
    expect(page.get_by_label("明細1 処理名")).to_have_value("国保")
    page.get_by_label("明細2 処理名").fill("住民税")
    page.get_by_role("button", name="明細1 を外す").click()
    expect(page.get_by_label("明細1 処理名")).to_have_value("住民税")


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_for_axe_and_nothing_sideways(desk, world, width):
    screen = {"viewport": {"width": width, "height": 900}}
    own, common = task(29, world.shiomi), task(9)
    places = [
        (world.sato, f"/tasks/{common.pk}/"),
        (world.ono, f"/tasks/{own.pk}/"),
        (world.ono, f"/tasks/{common.pk}/"),
        (world.ono, f"/tasks/{task(8, world.shiomi).pk}/"),
        (world.morishita, f"/tasks/{common.pk}/?proxy=1"),
        (world.sato, f"/tasks/{task(1).pk}/"),
        (world.sato, f"/tasks/{common.pk}/skip/"),
        (world.sato, f"/tasks/{common.pk}/assign/"),
        (world.kubo, f"/people/{world.sato.pk}/handover/"),
    ]
    for person, path in places:
        page = desk(person, path, **screen)
        assert faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page = desk(world.sato, f"/tasks/{common.pk}/", **screen)
    page.get_by_role("button", name="完了を記録する").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert faults(page) == []
