"""The settings of a duty in a browser: dates come while one types, rows are added, without scripts too."""

import re

import pytest
from playwright.sync_api import Page, expect

from raci import drafting
from raci.content import rows_of
from raci.models import Edition
from tests.browser.world import NOW, cookie, panel, says

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOME = "/editions/2/duties"


@pytest.fixture
def draft(world, edition):
    return drafting.revise(edition, by=world.morishita, at=NOW)


def row(number):
    return next(r for r in rows_of(Edition.objects.get(number=2)) if r["number"] == number)


def dates(page: Page) -> list[str]:
    return [line.inner_text() for line in panel(page, "次の12回").locator("tbody tr:not(.note-row)").all()]


def test_a_rule_is_changed_and_its_dates_come_at_once(desk, draft, world):
    page = desk(world.morishita, f"{HOME}/1/schedule/")
    assert dates(page)[1].split() == ["令和9年1月", "12/1(火)", "12/25(金)"]
    page.get_by_label("期限の n").fill("20")
    expect(panel(page, "この設定では")).to_contain_text("前月20日(閉庁日は前の開庁日)17:15まで")
    # 20 December 2026 is a Sunday
    assert dates(page)[1].split() == ["令和9年1月", "12/1(火)", "12/18(金)"]
    expect(panel(page, "次の12回")).to_contain_text("期限 12/20(日) は閉庁日のため前倒し")
    page.get_by_label("次の開庁日に延ばす").check()
    expect(panel(page, "次の12回")).to_contain_text("期限 12/20(日) は閉庁日のため後ろ倒し")
    page.get_by_label("期限の数え方").select_option("bd")
    expect(page.get_by_label("次の開庁日に延ばす")).to_be_hidden()
    page.get_by_label("期限の数え方").select_option("day")
    page.get_by_label("期限の n").fill("99")
    expect(panel(page, "この設定では")).to_contain_text("入力に読めないところがある")
    page.get_by_label("期限の n").fill("20")
    page.get_by_role("button", name="保存する", exact=True).last.click()
    says(page, "周期設定を保存しました。")
    assert (row(1)["schedule"]["due_n"], row(1)["schedule"]["due_move"]) == (20, "next")


def test_what_a_way_does_not_use_is_out_of_sight(desk, draft, world):
    page = desk(world.morishita, f"{HOME}/46/raising/")
    expect(page.get_by_label("開庁日の数", exact=True)).to_be_visible()
    expect(page.get_by_label("レベルを決める項目")).to_be_hidden()
    page.get_by_label("レベルによる").check()
    page.get_by_label("レベルを決める項目").select_option("16.level")
    page.get_by_label("レベル1の期限").fill("４")
    expect(panel(page, "この設定では")).to_contain_text("レベル1 4時間")
    page.get_by_label("ほかの業務から数える").check()
    expect(page.get_by_label("レベル1の期限")).to_be_hidden()


def test_a_field_is_made_and_looks_as_its_closer_sees_it(desk, draft, world):
    page = desk(world.morishita, f"{HOME}/9/fields/")
    page.get_by_role("link", name="記入項目を加える").click()
    page.get_by_label("項目名").fill("空調の状態")
    page.get_by_label("種類").select_option("choice")
    page.get_by_label("答え1", exact=True).wait_for()
    page.get_by_label("答え1", exact=True).fill("OK")
    page.get_by_label("答え2", exact=True).fill("NG")
    page.get_by_label("答え2 は所見").check()
    page.get_by_role("button", name="答えを追加").click()
    page.get_by_label("答え3", exact=True).fill("停止中")
    preview = panel(page, "記入する人に見える形")
    expect(preview.get_by_role("radiogroup", name="空調の状態")).to_contain_text("停止中")
    expect(preview.get_by_role("radio").first).to_be_disabled()
    page.get_by_role("button", name="保存する", exact=True).last.click()
    says(page, "記入項目を保存しました。")
    found = row(9)["fields"][-1]
    assert (found["choices"], found["finding"]) == (["OK", "NG", "停止中"], {"in": ["NG"]})
    page.get_by_role("button", name="「空調の状態」を上へ").click()
    says(page, "「空調の状態」を上へ移しました。")
    assert row(9)["fields"][-2]["label"] == "空調の状態"


def test_somebody_else_was_first(desk, draft, world):
    page = desk(world.morishita, f"{HOME}/9/sharing/")
    other = desk(world.miura, f"{HOME}/9/schedule/")
    other.get_by_label("期限の時刻").fill("12:00")
    other.get_by_role("button", name="保存する", exact=True).last.click()
    says(other, "周期設定を保存しました。")
    page.get_by_label("構成団体ごと").check()
    page.get_by_role("button", name="保存する", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("三浦 健一 がこの改定案を先に保存しました")
    expect(page.get_by_label("構成団体ごと")).to_be_checked()
    assert "scope" not in row(9)


def test_without_scripts(desk, draft, world):
    page = desk(world.morishita, f"{HOME}/1/schedule/", java_script_enabled=False)
    page.get_by_label("期限の n").fill("20")
    page.get_by_role("button", name="確かめる").click()
    expect(panel(page, "次の12回")).to_contain_text("12/18(金)")
    assert dates(page)[1].split() == ["令和9年1月", "12/1(火)", "12/18(金)"]
    assert "schedule" in row(1) and row(1)["schedule"]["due_n"] == 25
    page.get_by_role("button", name="保存する", exact=True).last.click()
    says(page, "周期設定を保存しました。")
    assert row(1)["schedule"]["due_n"] == 20

    page.goto(f"{HOME}/9/sharing/")
    page.get_by_label("順に署名").check()
    for n, role in enumerate(("業務運用", "広域組合")):
        page.get_by_role("button", name="署名者を加える").click()
        page.get_by_label("署名する役割").nth(n).select_option(label=role)
    page.get_by_role("button", name="署名者2 を上へ").click()
    expect(page.get_by_label("署名する役割").first.locator("option:checked")).to_have_text("広域組合")
    page.get_by_role("button", name="保存する", exact=True).last.click()
    says(page, "範囲・分け方を保存しました。")
    assert row(9)["signers"] == [{"role": "union"}, {"role": "operations"}]

    page.goto(f"{HOME}/9/field/")
    page.get_by_label("項目名").fill("室温")
    page.get_by_label("種類").select_option("number")
    page.get_by_role("button", name="この種類の設定を出す").click()
    page.get_by_label("所見にする数").select_option("gt")
    page.get_by_label("この数を超えたら").fill("28")
    page.get_by_role("button", name="保存する", exact=True).last.click()
    says(page, "記入項目を保存しました。")
    assert row(9)["fields"][-1]["finding"] == {"gt": 28}


def test_what_was_typed_outlives_the_session(desk, draft, world):
    """It comes back after signing in again, and is forgotten once it is saved."""
    page = desk(world.morishita, f"{HOME}/1/schedule/")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_label("期限の n").fill("18")
    page.context.clear_cookies()
    page.goto(f"{HOME}/1/schedule/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.context.add_cookies([cookie(world.morishita, page.url.split("/accounts")[0])])
    page.goto(f"{HOME}/1/schedule/")
    expect(page.get_by_label("期限の n")).to_have_value("18")
    expect(page.locator(".draft")).to_contain_text("まだ記録されていません")
    page.get_by_role("button", name="保存する", exact=True).last.click()
    says(page, "周期設定を保存しました。")
    page.goto(f"{HOME}/1/schedule/")
    expect(page.locator(".draft")).to_have_count(0)
