"""The sheet in force: the matrix, its duties with their procedures, and how it is read."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.places.place import Place, Places, no_reason


def unchanged_procedure(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="新しい版として保存する").click()
    page.get_by_role("alert").wait_for()


def nothing_checked(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="選んだ設定を確認済にする").click()


PLACES: Places = {
    "sato": (  # 業務運用
        Place("/matrix/"),
        Place("/matrix/?q=nothing"),
        Place("/duties/9/"),
        Place("/duties/6/"),
        Place("/duties/29/"),
        Place("/duties/9/procedure/"),
        Place("/duties/9/procedure/?version=1"),
        Place("/duties/9/procedure/compare/"),
        Place("/duties/9/procedure/edit/"),
        Place("/duties/9/procedure/edit/", act=unchanged_procedure, status=422),
        Place("/duties/7/procedure/"),
        Place("/duties/7/procedure/edit/"),
        Place("/procedures/{procedure}/"),
        Place("/procedures/{procedure}/withdraw/"),
        Place("/procedures/{procedure}/withdraw/", act=no_reason, status=422),
        Place("/health/"),
        Place("/health/?q=nothing"),
        Place("/settings/readings/"),
        Place("/rights/"),
    ),
    "ono": (  # 汐見市
        Place("/matrix/"),
        Place("/health/"),
        Place("/duties/7/procedure/", status=404),
    ),
    "miura": (  # 広域組合, publishes
        Place("/matrix/"),
        Place("/health/?load=operations"),
        Place("/settings/readings/"),
        Place("/settings/readings/?state=confirmed"),
        Place("/settings/readings/?q=nothing"),
        Place("/settings/readings/", "tasks:confirm", nothing_checked, status=422),
    ),
    "ishii": (  # HW/NW保守
        Place("/matrix/?role=hwnw"),
    ),
    "kubo": (  # administrator
        Place("/matrix/"),
        Place("/settings/readings/"),
    ),
}
#: Addresses without a page of their own, and why.
NOT_PAGES: dict[str, str] = {
    "raci:workbook": "a file",
    "tasks:unconfirm": "POST, goes to 本システムの設定",
    "tasks:procedure_of": "goes to the procedure of a business key",
    "tasks:procedure_file": "a file",
}
