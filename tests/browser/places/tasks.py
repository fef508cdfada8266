"""The desk, the tasks, and what is planned and found of them."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page

from tasks import progress
from tests.browser.places.place import Place, Places, no_reason
from tests.browser.world import NOW, task
from tests.make import make_task


def empty_closing(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="完了を記録する").click()
    page.get_by_role("alert").wait_for()


def stale_closing(page: Page, scene: dict[str, Any]) -> None:
    page.locator("#task-form [name=version]").evaluate("(field) => { field.value = '99'; }")
    page.get_by_role("button", name="途中保存").last.click()
    page.get_by_role("alert").wait_for()


def empty_question(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_text("質問する", exact=True).last.click()
    page.get_by_role("button", name="質問を送る").click()
    page.get_by_role("alert").wait_for()


def revision_without_reason(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="次の版を公開する").last.click()
    page.get_by_role("alert").wait_for()


def wrong_line(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("明細1 処理名").fill("住民税")
    page.get_by_label("明細1 処理日").fill("R8.13.1")
    page.get_by_role("button", name="署名を記録する").click()
    page.get_by_role("alert").wait_for()


def open_row(page: Page, scene: dict[str, Any]) -> None:
    page.locator(f"#task-{scene['daily']}").get_by_role("link", name="完了にする").click()
    page.locator("form.close").wait_for()


def wrong_row(page: Page, scene: dict[str, Any]) -> None:
    open_row(page, scene)
    page.get_by_role("button", name="完了を記録する").click()
    page.get_by_role("alert").wait_for()


def choose_many(page: Page, scene: dict[str, Any]) -> None:
    for box in page.locator("tbody [type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="選んだ作業を完了にする").click()
    page.wait_for_url("**/tasks/close/")


def close_many(page: Page, scene: dict[str, Any]) -> None:
    choose_many(page, scene)
    page.get_by_label("全項目を確認した").check()
    page.get_by_role("main").get_by_role("button").click()
    page.get_by_role("heading", name="まとめて完了にした結果").wait_for()


def open_user_menu(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_text("個人メニュー").locator("..").click()


def open_choice(page: Page, scene: dict[str, Any]) -> None:
    page.locator(".plan-d > summary").click()


PLACES: Places = {
    "sato": (  # 業務運用
        Place("/"),
        Place("/?scope=mine"),
        Place("/?scope=all"),
        Place("/", act=open_row),
        Place("/", act=wrong_row),
        Place("/", act=open_user_menu),
        Place("/ledger/"),
        Place("/ledger/?month=2026-99"),
        Place("/year/", "tasks:year"),
        Place("/year/2026/"),
        Place("/year/2026/?team=operations&mark=main"),
        Place("/year/2026/?view=list"),
        Place("/year/2021/"),
        Place("/year/1066/", status=404),
        Place("/month/2026-11/"),
        Place("/month/2026-12/", act=open_choice),
        Place("/month/2026-12/?view=list"),
        Place("/tasks/"),
        Place("/tasks/?scope=all&state=overdue"),
        Place("/tasks/?due_from=2026/13/1&duty=x"),
        Place("/tasks/?q=nothing"),
        Place("/tasks/sheet/"),
        Place("/tasks/sheet/?date=x"),
        Place("/tasks/{daily}/"),
        Place("/tasks/{daily}/", act=empty_closing, status=422),
        Place("/tasks/{daily}/", act=stale_closing, status=409),
        Place("/tasks/{closed}/"),
        Place("/tasks/{skipped}/"),
        Place("/tasks/{handed_in}/"),
        Place("/tasks/{gathering}/"),
        Place("/tasks/{batch}/"),
        Place("/tasks/{plan}/"),
        Place("/tasks/{plan}/revise/"),
        Place("/tasks/{plan}/revise/", act=revision_without_reason, status=422),
        Place("/tasks/{plan}/versions/1/"),
        Place("/tasks/?state=unconfirmed&scope=all"),
        Place("/duties/28/extra/"),
        Place("/duties/36/extra/", act=no_reason, status=422),
        Place("/duties/29/extra/"),
        Place("/duties/36/extra/"),
        Place("/tasks/{daily}/skip/"),
        Place("/tasks/{daily}/skip/", act=no_reason, status=422),
        Place("/tasks/{closed}/reopen/"),
        Place("/tasks/{daily}/assign/"),
        Place("/tasks/files/{file}/withdraw/"),
        Place("/tasks/?duty=7", "tasks:close_many", choose_many),
        Place("/tasks/?duty=7", "tasks:close_many", close_many),
        Place("/tasks/{step}/"),
        Place("/tasks/files/{case_file}/withdraw/"),
        Place("/tasks/999999/", status=404),
        Place("/nowhere/", status=404),
    ),
    "ono": (  # 汐見市
        Place("/"),
        Place("/?scope=all"),
        Place("/tasks/"),
        Place("/tasks/{numbers}/"),
        Place("/tasks/{request}/"),
        Place("/tasks/{request}/", act=wrong_line, status=422),
        Place("/tasks/{daily}/"),
        Place("/tasks/{foreign}/", status=404),
        Place("/tasks/{step}/"),
        Place("/tasks/{plan}/"),
        Place("/tasks/{plan}/", act=empty_question, status=422),
        Place("/tasks/{plan}/versions/1/"),
        Place("/tasks/{schedule}/"),
        Place("/ledger/"),
        Place("/year/2026/"),
        Place("/month/2026-11/"),
    ),
    "morishita": (  # 広域組合
        Place("/"),
        Place("/search/"),
        Place("/search/?q=%E7%A2%BA%E8%AA%8D"),
        Place("/search/?q=%E7%A2%BA%E8%AA%8D&kind=comment"),
        Place("/search/?q=29"),
        Place("/search/?q=x", status=422),
        Place("/search/?q=%E3%81%AA%E3%81%84%E8%A8%80%E8%91%89"),
        Place("/?scope=team"),
        Place("/tasks/?scope=all"),
        Place("/tasks/{daily}/"),
        Place("/tasks/{daily}/?proxy=1"),
        Place("/tasks/{daily}/skip/?proxy=1"),
        Place("/tasks/{daily}/move/"),
        Place("/tasks/{daily}/move/", act=no_reason, status=422),
        Place("/tasks/{request}/"),
        Place("/tasks/{handed_in}/"),
        Place("/tasks/{printing}/"),
        Place("/tasks/{plan}/"),
        Place("/tasks/{plan}/revise/?proxy=1"),
        Place("/tasks/{stray}/"),
        Place("/tasks/{stray}/repoint/"),
        Place("/tasks/{stray}/repoint/", act=no_reason, status=422),
        Place("/tasks/?state=astray&scope=all"),
        Place("/ledger/?organization=mizuno"),
        Place("/year/2026/?scope=team"),
        Place("/month/2026-11/?organization=mizuno"),
    ),
    "yamaguchi": (  # ヘルプデスク
        Place("/"),
        Place("/tasks/{daily}/", status=404),
    ),
    "ogawa": (  # パッケージ保守
        Place("/"),
    ),
    "ishii": (  # HW/NW保守
        Place("/"),
    ),
    "kubo": (  # administrator
        Place("/"),
        Place("/tasks/", status=403),
        Place("/year/2026/", status=403),
    ),
}
#: Addresses without a page of their own, and why.
NOT_PAGES: dict[str, str] = {
    "tasks:year_now": "goes to the fiscal year of today",
    "tasks:take": "POST, goes to the task",
    "tasks:let_go": "POST, goes to the task",
    "tasks:save": "POST, goes to the task",
    "tasks:sign": "POST, goes to the task",
    "tasks:comment": "POST, goes to the task",
    "tasks:acknowledge": "POST, goes to the task or to the dashboard",
    "tasks:ask": "POST, goes to the task",
    "tasks:answer": "POST, goes to the task",
    "tasks:attach": "POST, goes to the task",
    "tasks:close": "POST, goes to the task; the form for the row of a list is a part of the dashboard",
    "tasks:urge": "POST, goes to the task or to the dashboard",
    "tasks:file": "a file",
}


def published(world, desk: dict[str, Any], own: dict[str, Any]) -> tuple[Any, Any]:
    """No.28: its second version, acknowledged by 汐見市, with a question of 桐原市. No.1: by nobody."""
    month = {"period": "2026-12", "period_on": date(2026, 12, 1), "opens_on": date(2026, 11, 2)}
    plan, schedule = make_task(28, due_on=date(2026, 11, 5), **month), task(1)
    for one, key in ((plan, "monthly_plan"), (schedule, "schedule_sheet")):
        progress.attach(one, file=SimpleUploadedFile(f"{key}.txt", b"x"), field_key=key, **desk)
        progress.close(one, answers={}, **desk)
    town = {"by": world.makino, "team": world.team["kirihara"], "at": NOW}
    progress.acknowledge(plan, **town)
    progress.revise(plan, answers={"remarks": "12/10 に変更"}, reason="処理日の変更", **desk)
    progress.ask(plan, text="12/10 の枠は空いていますか", **town)
    progress.answer(progress.ask(schedule, text="停止は何時から", **own), text="0時から", **desk)
    return plan, schedule
