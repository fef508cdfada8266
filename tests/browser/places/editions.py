"""The editions of the sheet, from the draft to the comparison."""

from datetime import date
from typing import Any

from playwright.sync_api import Page

from opsdesk.lib.workbook import CONTENT_TYPE as XLSX
from raci import drafting, editions
from raci.content import rows_of
from raci.models import Edition
from tests import customer
from tests.browser.places.place import Place, Places, no_reason
from tests.browser.world import NOW


def wrong_rule(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("期限の n").fill("99")
    page.get_by_role("button", name="保存する", exact=True).last.click()
    page.get_by_role("alert").wait_for()


def stale_settings(page: Page, scene: dict[str, Any]) -> None:
    page.locator("#settings [name=version]").evaluate("(field) => { field.value = '99'; }")
    page.get_by_role("button", name="保存する", exact=True).last.click()
    page.get_by_role("alert").wait_for()


def one_more_row(page: Page, scene: dict[str, Any]) -> None:
    page.locator("#settings").get_by_role("button", name="を加える").click()
    page.wait_for_load_state("networkidle")


def drop_named(page: Page, scene: dict[str, Any]) -> None:
    page.locator("button[value='drop:result']").click()
    page.get_by_role("alert").wait_for()


def take_over(page: Page, scene: dict[str, Any]) -> None:
    """Upload the customer's sheet: one mark moved, one column more, one row more."""
    send_book(page, differing())


def take_over_wrong(page: Page, scene: dict[str, Any]) -> None:
    lines = customer.source()
    lines[0]["union"], lines[2]["cycle"] = "×", "週次"
    send_book(page, customer.book(lines), "誤りのある表.xlsx")


def send_book(page: Page, content: bytes, name: str = "分担表.xlsx") -> None:
    page.get_by_label("Excelブック").set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
    page.get_by_role("button", name="読み取って確かめる").click()
    page.get_by_role("heading", name="取込の確認").wait_for()


def not_a_book(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("Excelブック").set_input_files(
        {"name": "a.xlsx", "mimeType": XLSX, "buffer": b"%PDF-1.7"}
    )
    page.get_by_role("button", name="読み取って確かめる").click()
    page.get_by_role("alert").wait_for()


def nameless_role(page: Page, scene: dict[str, Any]) -> None:
    take_over(page, scene)
    page.get_by_label("新しい役割を作って読む").check()
    page.get_by_role("button", name="改定案として取り込む").click()
    page.get_by_role("alert").wait_for()


def differing() -> bytes:
    lines = customer.source()
    lines[33]["helpdesk"], lines[33]["operations"] = "○", "◎"
    lines[0]["データセンター"], lines[8]["データセンター"] = "◎", "△"
    lines.append({"no": 61, "work": "バックアップ取得の確認", "cycle": "日次", "hwnw": "◎"})
    return customer.book(lines, columns=[*customer.COLUMNS[:-1], "データセンター", "note"])


def new_row(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="行を追加", exact=True).click()
    page.get_by_role("group", name="の編集").wait_for()


def retired_row(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="No.34 編集").click()
    page.get_by_role("button", name="廃止する").click()
    page.get_by_role("button", name="No.34 戻す").wait_for()


def nothing_to_do(page: Page, scene: dict[str, Any]) -> None:
    new_row(page, scene)
    page.get_by_role("button", name="保存する").click()
    page.get_by_role("alert").wait_for()


def wrong_paste(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_text("Excel から貼り付ける").click()
    page.get_by_label("始める行の No.").fill("34")
    page.get_by_label("始める列").select_option("周期")
    page.get_by_label("貼り付ける範囲").fill("週次")
    page.get_by_role("button", name="貼り付ける", exact=True).click()
    page.get_by_role("alert").wait_for()


def stale_grid(page: Page, scene: dict[str, Any]) -> None:
    page.locator("#grid [name=version]").evaluate("(field) => { field.value = '0'; }")
    page.get_by_role("button", name="保存する").click()
    page.get_by_role("alert").wait_for()


PLACES: Places = {
    "sato": (  # 業務運用
        Place("/editions/"),
        Place("/editions/?state=draft"),
        Place("/editions/1/"),
        Place("/editions/2/"),
        Place("/editions/3/", status=404),
        Place("/editions/3/publish/", status=403),
        Place("/editions/compare/?old=1&new=2"),
    ),
    "morishita": (  # 広域組合
        Place("/editions/1/forecast/"),
        Place("/editions/1/forecast/?month=2027-06"),
        Place("/editions/"),
        Place("/editions/3/"),
        Place("/editions/3/?rows=all&edit=34"),
        Place("/editions/3/", act=new_row),
        Place("/editions/3/", act=retired_row),
        Place("/editions/3/", act=nothing_to_do, status=422),
        Place("/editions/3/", act=wrong_paste),
        Place("/editions/3/", act=stale_grid, status=409),
        Place("/editions/3/discard/"),
        Place("/editions/3/discard/", act=no_reason, status=422),
        Place("/editions/3/impact/"),
        Place("/editions/3/impact/?on=x"),
        Place("/editions/compare/?old=2&new=3"),
        Place("/editions/compare/?old=9&new=9"),
    ),
    "miura": (  # 広域組合, publishes
        Place("/editions/2/withdraw/"),
        Place("/editions/2/withdraw/", act=no_reason, status=422),
        Place("/editions/3/"),
        Place("/editions/3/publish/"),
        Place("/editions/4/publish/?on=R8.13.1"),
        Place("/editions/4/publish/"),
        Place("/editions/{draft}/duties/29/"),
        Place("/editions/{draft}/duties/6/"),
        Place("/editions/{draft}/duties/1/schedule/"),
        Place("/editions/{draft}/duties/1/schedule/", act=wrong_rule, status=422),
        Place("/editions/{draft}/duties/9/schedule/", act=stale_settings, status=409),
        Place("/editions/{draft}/duties/3/schedule/"),
        Place("/editions/{draft}/duties/9/schedule/"),
        Place("/editions/{draft}/duties/11/schedule/"),
        Place("/editions/{draft}/duties/23/sharing/"),
        Place("/editions/{draft}/duties/9/sharing/"),
        Place("/editions/{draft}/duties/16/raising/"),
        Place("/editions/{draft}/duties/42/followups/"),
        Place("/editions/{draft}/duties/42/followups/", act=one_more_row),
        Place("/editions/{draft}/duties/7/heading/"),
        Place("/editions/{draft}/duties/29/fields/"),
        Place("/editions/{draft}/duties/5/fields/", act=drop_named, status=422),
        Place("/editions/{draft}/duties/20/field/?field=extent"),
        Place("/editions/{draft}/duties/32/field/?field=lines"),
        Place("/editions/{draft}/duties/29/field/?field=lines.deliver_on"),
        Place("/editions/{draft}/duties/8/field/?field=not_updated"),
        Place("/editions/{draft}/duties/9/field/"),
        Place("/editions/import/"),
        Place("/editions/import/", act=not_a_book, status=422),
        Place("/editions/import/", "tasks:edition_import_preview", take_over),
        Place("/editions/import/", "tasks:edition_import_preview", take_over_wrong),
        Place("/editions/import/", "tasks:edition_import_preview", nameless_role, status=422),
    ),
    "kubo": (  # administrator
        Place("/editions/1/forecast/"),
        Place("/editions/import/"),
    ),
}
#: Addresses without a page of their own, and why.
NOT_PAGES: dict[str, str] = {
    "tasks:edition_revise": "POST, goes to the draft",
    "tasks:edition_grid": "POST, answers with the page of the draft",
    "tasks:edition_undo": "POST, goes to the draft",
}


def later_editions(world: Any) -> None:
    """Edition 2, published for December, gives No.31 to ヘルプデスク; 3, a draft with a row that nobody could
    close; 4, unchanged."""
    first = Edition.objects.get()
    second = drafting.revise(first, by=world.morishita, at=NOW)
    rows = rows_of(second)
    rows[30]["marks"] = {"helpdesk": "main", "union": "related"}
    rows[34]["marks"] = {"operations": "main"}
    second = drafting.save(second, rows, by=world.morishita, at=NOW)
    editions.publish(second, by=world.miura, at=NOW, in_force_on=date(2026, 12, 1))
    third = drafting.revise(second, by=world.morishita, at=NOW)
    rows = rows_of(third)
    rows[33]["marks"] = {"helpdesk": "support"}
    rows[42]["cycle"] = "yearly"
    rows.insert(9, {**rows[8], "key": 0, "number": 61, "work": "バックアップ取得の確認", "followups": []})
    drafting.save(third, [row for row in rows if row["key"] != 60], by=world.morishita, at=NOW)
    drafting.revise(second, by=world.morishita, at=NOW)
