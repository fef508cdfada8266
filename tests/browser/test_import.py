"""A union takes its own sheet over, in a browser: from the file to the draft."""

import pytest
from playwright.sync_api import expect

from raci.content import rows_of
from raci.models import Edition
from tests import customer
from tests.browser.places.editions import differing, send_book
from tests.browser.world import panel

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("has_scripts", [True, False])
def test_the_sheet_becomes_a_draft(desk, world, has_scripts):
    page = desk(world.morishita, "/matrix/", java_script_enabled=has_scripts)
    page.get_by_role("link", name="Excel取込").click()
    send_book(page, differing())
    found = panel(page, "いまの分担表との違い")
    expect(found).to_contain_text("3か所（新しい行 1、廃止する行 0、変わる行 1")
    expect(found.get_by_role("row").filter(has_text="ヘルプデスク").first).to_contain_text("◎")
    expect(panel(page, "読み取りで決めたこと")).to_contain_text("新しい行です")
    page.get_by_label("新しい役割を作って読む").check()
    page.get_by_label("役割のコード").fill("dc")
    page.get_by_role("button", name="改定案として取り込む").click()
    page.wait_for_url("**/editions/2/")
    rows = rows_of(Edition.objects.get(number=2))
    assert rows[33]["marks"] == {"helpdesk": "support", "operations": "main"}
    assert rows[0]["marks"]["dc"] == "main"
    assert (rows[60]["key"], rows[60]["work"]) == (61, "バックアップ取得の確認")


def test_a_wrong_cell_is_named_and_the_button_is_not_there(desk, world):
    lines = customer.source()
    lines[0]["union"] = "×"
    page = desk(world.kubo, "/editions/import/")
    send_book(page, customer.book(lines))
    expect(panel(page, "直すところ 1か所").get_by_role("row").filter(has_text="F4")).to_contain_text("×")
    expect(page.get_by_role("button", name="改定案として取り込む")).to_have_count(0)
    assert not Edition.objects.drafts().exists()


def test_the_workbook_comes_back_without_a_difference(desk, world, tmp_path):
    page = desk(world.morishita, "/matrix/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel出力").click()
    assert download.value.suggested_filename == "運用業務作業分担表_第1版_20261120.xlsx"
    download.value.save_as(tmp_path / "book.xlsx")
    page.goto("/editions/import/")
    send_book(page, (tmp_path / "book.xlsx").read_bytes())
    expect(panel(page, "いまの分担表との違い")).to_contain_text("違いはありません")
