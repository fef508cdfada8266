"""The closed days."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.places.place import Place, Places, give_file


def empty_day(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="登録する").click()
    page.get_by_role("alert").wait_for()


def settle_without_day(page: Page, scene: dict[str, Any]) -> None:
    """One moved, one without the day it should go to."""
    page.get_by_label("まとめて", exact=True).select_option("next")
    page.get_by_role("combobox", name="No.9").select_option("given")
    page.get_by_role("button", name="選んだとおりに記録する").click()
    page.get_by_role("heading", name="休庁日の作業を記録した結果").wait_for()


def days_from_a_file(page: Page, scene: dict[str, Any]) -> None:
    give_file(page, 表=[["日付", "名称"], ["R8.12.4", "空調工事"], ["R8.12.5", "土曜"], ["R8.13.1", "?"]])
    page.get_by_role("heading", name="休庁日の取込の確認").wait_for()


PLACES: Places = {
    "morishita": (  # 広域組合
        Place("/closed-days/"),
        Place("/closed-days/?year=2029"),
        Place("/closed-days/add/"),
        Place("/closed-days/add/", act=empty_day, status=422),
        Place("/closed-days/tasks/?day={closed_day}"),
        Place("/closed-days/tasks/?day={closed_day}", act=settle_without_day),
        Place("/closed-days/closed/{closed_day}/remove/"),
        Place("/closed-days/import/"),
        Place("/closed-days/import/", act=days_from_a_file),
    ),
    "kubo": (  # administrator
        Place("/closed-days/tasks/"),
        Place("/admin/calendar/closedday/"),
    ),
}
