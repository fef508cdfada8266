"""Every page that somebody can reach: who, where, and what has to be done to get there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page

from opsdesk.accounts import startcodes
from opsdesk.lib.workbook import CONTENT_TYPE as XLSX
from tasks import progress
from tests import customer
from tests.browser.world import NOW, sign_in, task

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FINE = dict.fromkeys(("online", "night_batch", "backup", "disk_space", "event_log", "equipment"), "OK")
LINES = {"lines": [{"process": "住民税 納税通知", "process_on": "R8.12.3", "deliver_on": "R8.12.4"}]}


@dataclass(frozen=True)
class Place:
    """One page. `path` is a format over the scene; `act` goes on from there, to the page of `door`."""

    path: str
    door: str = ""
    act: Callable[[Page, dict[str, Any]], None] | None = None
    status: int = 200

    def __str__(self) -> str:
        return f"{self.path}{f' {self.act.__name__}' if self.act else ''}"


# --- the ways to pages that no address leads to --------------------------------------------------------


def wrong_sign_in(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("ログインID").fill("sato")
    page.get_by_label("パスワード", exact=True).fill("ちがうパスワード")
    page.get_by_role("button", name="次へ").click()
    page.get_by_role("alert").wait_for()


def wrong_start_code(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("ログインID").fill("makino")
    page.get_by_label("開始コード").fill("AAAA-AAAA-AAAA")
    page.get_by_role("button", name="次へ").click()
    page.get_by_role("alert").wait_for()


def enter_start_code(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("ログインID").fill("makino")
    page.get_by_label("開始コード").fill(scene["code"])
    page.get_by_role("button", name="次へ").click()
    page.wait_for_url("**/start/password/")


def weak_password(page: Page, scene: dict[str, Any]) -> None:
    enter_start_code(page, scene)
    page.get_by_label("自分のパスワード", exact=True).fill("1234")
    page.get_by_role("textbox", name="もう一度").fill("12345")
    page.get_by_role("button", name="このパスワードではじめる").click()
    page.get_by_role("alert").wait_for()


def first_step(page: Page, scene: dict[str, Any]) -> None:
    """Somebody with a second factor: only the password so far."""
    sign_in(page, "horie", scene["password"])


def both_steps(page: Page, scene: dict[str, Any]) -> None:
    """With the code of the app, on to the page asked for."""
    first_step(page, scene)
    counter = next(iter(yield_hotp_counters_from_time()))
    page.get_by_role("textbox", name="確認コード").fill(format_hotp_value(hotp_value(SECRET, counter)))
    page.get_by_role("button", name="サインインする", exact=True).click()
    page.wait_for_url(lambda url: "/authenticate/" not in url)


def without_second_step(page: Page, scene: dict[str, Any]) -> None:
    sign_in(page, "takahashi", scene["password"])


def again(page: Page, scene: dict[str, Any]) -> None:
    """The password once more, on to the page asked for."""
    page.get_by_role("textbox", name="パスワード").fill(scene["password"])
    page.get_by_role("button", name="確認する").click()
    page.wait_for_url(lambda url: "/reauthenticate/" not in url)


def empty_closing(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="完了を記録する").click()
    page.get_by_role("alert").wait_for()


def stale_closing(page: Page, scene: dict[str, Any]) -> None:
    page.locator("#task-form [name=version]").evaluate("(field) => { field.value = '99'; }")
    page.get_by_role("button", name="途中保存").last.click()
    page.get_by_role("alert").wait_for()


def no_reason(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("main").get_by_role("button").click()
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


def nobody_chosen(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="件を引き継ぐ").click()
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


def open_user_menu(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_text("個人メニュー").locator("..").click()


# --- the pages ------------------------------------------------------------------------------------------

PLACES: dict[str | None, tuple[Place, ...]] = {
    None: (
        Place("/accounts/login/"),
        Place("/accounts/login/", act=wrong_sign_in),
        Place("/accounts/login/", "mfa_authenticate", first_step),
        Place("/accounts/start/"),
        Place("/accounts/start/", act=wrong_start_code),
        Place("/accounts/start/", "accounts:start_password", enter_start_code),
        Place("/accounts/start/", "accounts:start_password", weak_password),
        Place("/accounts/inactive/"),
    ),
    "sato": (  # 業務運用
        Place("/"),
        Place("/?scope=mine"),
        Place("/?scope=all"),
        Place("/", act=open_row),
        Place("/", act=wrong_row),
        Place("/", act=open_user_menu),
        Place("/matrix/"),
        Place("/matrix/?q=nothing"),
        Place("/duties/9/"),
        Place("/duties/6/"),
        Place("/duties/29/"),
        Place("/rights/"),
        Place("/ledger/"),
        Place("/ledger/?month=2026-99"),
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
        Place("/tasks/{daily}/skip/"),
        Place("/tasks/{daily}/skip/", act=no_reason, status=422),
        Place("/tasks/{closed}/reopen/"),
        Place("/tasks/{daily}/assign/"),
        Place("/tasks/files/{file}/withdraw/"),
        Place("/tasks/?duty=7", "tasks:close_many", choose_many),
        Place("/tasks/?duty=7", "tasks:close_many", close_many),
        Place("/tasks/999999/", status=404),
        Place("/nowhere/", status=404),
        Place("/admin/", status=403),
        Place("/accounts/password/change/"),
        Place("/accounts/2fa/"),
        Place("/accounts/logout/"),
        Place("/accounts/reauthenticate/"),
    ),
    "ono": (  # 汐見市
        Place("/"),
        Place("/?scope=all"),
        Place("/matrix/"),
        Place("/tasks/"),
        Place("/tasks/{numbers}/"),
        Place("/tasks/{request}/"),
        Place("/tasks/{request}/", act=wrong_line, status=422),
        Place("/tasks/{daily}/"),
        Place("/tasks/{foreign}/", status=404),
        Place("/ledger/"),
    ),
    "morishita": (  # 広域組合
        Place("/"),
        Place("/?scope=team"),
        Place("/tasks/?scope=all"),
        Place("/tasks/{daily}/"),
        Place("/tasks/{daily}/?proxy=1"),
        Place("/tasks/{daily}/skip/?proxy=1"),
        Place("/tasks/{request}/"),
        Place("/tasks/{handed_in}/"),
        Place("/tasks/{printing}/"),
        Place("/ledger/?organization=mizuno"),
        Place("/editions/import/"),
        Place("/editions/import/", act=not_a_book, status=422),
        Place("/editions/import/", "tasks:edition_import_preview", take_over),
        Place("/editions/import/", "tasks:edition_import_preview", take_over_wrong),
        Place("/editions/import/", "tasks:edition_import_preview", nameless_role, status=422),
    ),
    "yamaguchi": (Place("/"), Place("/tasks/{daily}/", status=404)),  # ヘルプデスク
    "ogawa": (Place("/"),),  # パッケージ保守
    "ishii": (Place("/"), Place("/matrix/?role=hwnw")),  # HW/NW保守
    "kubo": (  # administrator
        Place("/"),
        Place("/matrix/"),
        Place("/tasks/", status=403),
        Place("/editions/import/"),
        Place("/people/{ono}/handover/"),
        Place("/people/{ono}/handover/", act=nobody_chosen, status=409),
        Place("/people/{sato}/handover/"),
        Place("/admin/"),
        Place("/admin/accounts/user/"),
        Place("/admin/accounts/user/{ono}/change/"),
        Place("/admin/accounts/user/add/"),
        Place("/admin/accounts/membership/add/"),
        Place("/admin/accounts/organization/{shiomi}/change/"),
        Place("/admin/calendar/closedday/"),
    ),
    "takahashi": (
        Place("/accounts/login/?next=/accounts/2fa/", "mfa_index", without_second_step),
        Place("/accounts/2fa/totp/activate/", "account_reauthenticate"),
        Place("/accounts/2fa/totp/activate/", "mfa_activate_totp", again),
    ),
    "horie": (  # has a second factor
        Place("/accounts/login/?next=/accounts/2fa/", "mfa_index", both_steps),
        Place("/accounts/2fa/reauthenticate/"),
        Place("/accounts/2fa/totp/deactivate/", "mfa_deactivate_totp", again),
        Place("/accounts/2fa/recovery-codes/"),
        Place("/accounts/2fa/recovery-codes/generate/"),
        Place("/people/{ono}/handover/"),
    ),
}
#: Who comes with no session: signing in is part of the way.
THROUGH_THE_FORM = {None, "takahashi", "horie"}

#: Addresses without a page of their own, and why.
NOT_PAGES = {
    "tasks:take": "POST, goes to the task",
    "tasks:let_go": "POST, goes to the task",
    "tasks:save": "POST, goes to the task",
    "tasks:sign": "POST, goes to the task",
    "tasks:comment": "POST, goes to the task",
    "tasks:attach": "POST, goes to the task",
    "tasks:close": "POST, goes to the task; the form for the row of a list is a part of the dashboard",
    "tasks:file": "a file",
    "raci:workbook": "a file",
    "mfa_download_recovery_codes": "a file",
}


@pytest.fixture
def scene(world) -> dict[str, Any]:
    """What the pages show: tasks in every state, a file, comments, a start code, a second factor."""
    days = [task(9, period_on=NOW.date() - timedelta(n)) for n in (0, 1, 2)]
    daily, closed, skipped = days
    request, handed_in = task(29, world.shiomi), task(29, world.kirihara)
    numbers = task(8, world.shiomi)
    desk = {"by": world.sato, "team": world.team["operations"], "at": NOW}
    town = {"by": world.makino, "team": world.team["kirihara"], "at": NOW}
    own = {"by": world.ono, "team": world.team["shiomi"], "at": NOW}

    file = progress.attach(closed, file=SimpleUploadedFile("点検.txt", "確認".encode()), **desk)
    gone = progress.attach(closed, file=SimpleUploadedFile("誤り.txt", b"x"), **desk)
    progress.withdraw(gone, reason="別の日のもの", **desk)
    found = {"answers": {**FINE, "backup": "NG"}, "outcome": "abnormal", "remark": "再取得した"}
    progress.close(closed, done_on=NOW.date() - timedelta(1), **found, **desk)
    progress.comment(closed, text="確認しました", audience="internal", **desk)
    progress.skip(skipped, reason="停電のため", **desk)
    progress.save_answers(daily, answers={"backup": "NG", "online": "OK"}, **desk)

    progress.sign(handed_in, answers=LINES, **town)
    progress.sign(request, answers=LINES, **own)
    progress.send_back(request, to=1, reason="納品日を早めてください", **desk)
    progress.assign(numbers, to=world.ono, **own)
    TOTP.activate(world.horie, SECRET)
    RecoveryCodes.activate(world.horie)
    return {
        **{"daily": daily.pk, "closed": closed.pk, "skipped": skipped.pk, "file": file.pk},
        **{"request": request.pk, "handed_in": handed_in.pk, "numbers": numbers.pk},
        **{"gathering": task(30).pk, "batch": task(32).pk, "printing": task(36).pk},
        **{"foreign": task(8, world.mizuno).pk, "shiomi": world.shiomi.pk},
        **{"ono": world.ono.pk, "sato": world.sato.pk, "password": world.password, "used": []},
        "code": startcodes.issue(world.makino, by=world.kubo, at=NOW),
    }
