"""Every page that somebody can reach: who, where, and what has to be done to get there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page

from helpdesk import contacts, faqs, inbox, mailroom
from helpdesk.models import Canned, Contact, Faq
from incidents import report as incident_reports
from incidents.reportcontent import typed_of
from incidents.reportdraft import draft
from incidents.reporters import sources_of
from monitoring.alerts import raise_alert
from monitoring.findings import Finding, fingerprint
from monitoring.models import (
    Check,
    Device,
    Heartbeat,
    LogRule,
    MaintenanceWindow,
    Sample,
    Source,
    UnknownName,
    Watch,
)
from opsdesk.accounts import memberships, people, startcodes
from opsdesk.calendar import closing
from opsdesk.calendar.models import ClosedDay
from opsdesk.lib import workbook
from opsdesk.lib.workbook import CONTENT_TYPE as XLSX
from opsdesk.notices.models import Delivery
from raci import confirmations, drafting, editions
from raci.content import rows_of
from raci.models import Edition
from raci.readings import readings
from tasks import casenotes, cases, procedures, progress
from tasks import closing as closing_of_task
from tasks.digest import digest
from tasks.following import Following
from tests import customer
from tests.browser.world import NOW, sign_in, task
from tests.desk import Desk
from tests.make import duty, make_task

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


def empty_question(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_text("質問する", exact=True).last.click()
    page.get_by_role("button", name="質問を送る").click()
    page.get_by_role("alert").wait_for()


def revision_without_reason(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="次の版を公開する").last.click()
    page.get_by_role("alert").wait_for()


def empty_raise(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("main").locator("form .btn-p").click()
    page.get_by_role("alert").wait_for()


def no_reason(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("main").get_by_role("button").click()
    page.get_by_role("alert").wait_for()


def wrong_report(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("検知日時").fill("きのう")
    page.get_by_role("button", name="保存する").click()
    page.get_by_role("alert").wait_for()


def unreasoned_report(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="改訂した第2版を送る").click()


def no_mail_reason(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="対象外にする").click()
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


def empty_day(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="登録する").click()
    page.get_by_role("alert").wait_for()


def empty_note(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="記録する", exact=True).click()
    page.get_by_role("alert").wait_for()


def settle_without_day(page: Page, scene: dict[str, Any]) -> None:
    """One moved, one without the day it should go to."""
    page.get_by_label("まとめて", exact=True).select_option("next")
    page.get_by_role("combobox", name="No.9").select_option("given")
    page.get_by_role("button", name="選んだとおりに記録する").click()
    page.get_by_role("heading", name="休庁日の作業を記録した結果").wait_for()


def give_file(page: Page, **sheets: Any) -> None:
    with workbook.write_book(sheets.items()) as file:
        given = {"name": "x.xlsx", "mimeType": workbook.CONTENT_TYPE, "buffer": file.read()}
    page.locator("input[type=file]").set_input_files(given)  # type: ignore[arg-type]
    page.get_by_role("button", name="内容を確かめる").click()


def days_from_a_file(page: Page, scene: dict[str, Any]) -> None:
    give_file(page, 表=[["日付", "名称"], ["R8.12.4", "空調工事"], ["R8.12.5", "土曜"], ["R8.13.1", "?"]])
    page.get_by_role("heading", name="休庁日の取込の確認").wait_for()


def people_from_a_file(page: Page, scene: dict[str, Any]) -> None:
    users = [["ログインID", "氏名", "団体"], ["sakurai", "桜井 学", "汐見市"], ["ono", "大野", "雲居町"]]
    ends = [
        ["ログインID", "役割", "団体", "開始日", "終了日"],
        ["ono", "構成団体", "汐見市", "R8.4.1", "R9.3.31"],
    ]
    give_file(page, 利用者=users, 所属=ends)
    page.get_by_role("heading", name="名簿の取込の確認").wait_for()


def no_roster(page: Page, scene: dict[str, Any]) -> None:
    give_file(page, 表=[["a"], ["b"]])
    page.get_by_role("alert").wait_for()


def all_codes(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="選んだ人に発行する").click()
    page.get_by_role("heading", name="開始コードの紙").wait_for()


def unchanged_procedure(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="新しい版として保存する").click()
    page.get_by_role("alert").wait_for()


def nothing_checked(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="選んだ設定を確認済にする").click()


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


def open_user_menu(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_text("個人メニュー").locator("..").click()


def open_choice(page: Page, scene: dict[str, Any]) -> None:
    page.locator(".plan-d > summary").click()


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


def long_word(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("ひとこと").fill("長" * 201)
    page.get_by_role("button", name="確認した").click()
    page.get_by_role("alert").wait_for()


def nothing_decided(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="決定する").click()
    page.get_by_role("alert").wait_for()


def nameless_rule(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="登録する").click()
    page.get_by_role("alert").wait_for()


# --- the pages ------------------------------------------------------------------------------------------


def looked_up(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("電話番号").fill("6712")
    page.get_by_role("button", name="相手を探す").last.click()
    page.get_by_text("柴田").first.wait_for()


def empty_call(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="登録する", exact=False).first.click()
    page.get_by_role("alert").wait_for()


def empty_faq(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("質問").fill("")
    page.get_by_role("button", name="保存する", exact=True).click()
    page.get_by_role("alert").wait_for()


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
        Place("/monitor/"),
        Place("/monitor/beats/"),
        Place("/monitor/devices/{device}/", status=404),
        Place("/monitor/wall/"),
        Place("/monitor/alerts/"),
        Place("/monitor/alerts/{alert}/", status=404),
        Place("/monitor/unknown/", status=403),
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
        Place("/editions/"),
        Place("/editions/?state=draft"),
        Place("/editions/1/"),
        Place("/editions/2/"),
        Place("/editions/3/", status=404),
        Place("/editions/3/publish/", status=403),
        Place("/editions/compare/?old=1&new=2"),
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
        Place("/changes/"),
        Place("/changes/?stage=1&raised_from=x"),
        Place("/changes/calendar/?month=2026-12"),
        Place("/requests/"),
        Place("/requests/?duty=2"),
        Place("/requests/?q=nothing"),
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
        Place("/report/?task={closed}"),
        Place("/raise/"),
        Place("/raise/44/"),
        Place("/raise/17/", status=409),
        Place("/cases/"),
        Place("/cases/?q=nothing&raised_from=x"),
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
        Place("/cases/{change}/"),
        Place("/cases/{change}/?show=told&order=old"),
        Place("/cases/{change}/?correct={note}"),
        Place("/cases/{change}/", "tasks:case_comment", empty_note, status=422),
        Place("/cases/{incident}/"),
        Place("/cases/{incident}/situation/"),
        Place("/cases/{incident}/concerns/"),
        Place("/cases/{incident}/add/"),
        Place("/cases/{incident}/add/", act=no_reason, status=422),
        Place("/cases/{incident}/link/"),
        Place("/cases/{incident}/link/", act=no_reason, status=422),
        Place("/incidents/{reported}/report/"),
        Place("/incidents/{reported}/report/?version=1"),
        Place("/incidents/{reported}/report/edit/"),
        Place("/incidents/{reported}/report/edit/", act=wrong_report, status=422),
        Place("/incidents/{reported}/report/compare/"),
        Place("/figures/incidents/"),
        Place("/figures/inquiries/?organization=shiomi"),
        Place("/incidents/"),
        Place("/incidents/?state=any&level=2"),
        Place("/incidents/{incident}/level/"),
        Place("/incidents/{incident}/level/", act=no_reason, status=422),
        Place("/incidents/{incident}/pause/"),
        Place("/incidents/{incident}/pause/", act=no_reason, status=422),
        Place("/incidents/{incident}/resume/"),
        Place("/tasks/{step}/"),
        Place("/tasks/files/{case_file}/withdraw/"),
        Place("/tasks/999999/", status=404),
        Place("/nowhere/", status=404),
        Place("/admin/", status=403),
        Place("/notices/"),
        Place("/notices/?state=all"),
        Place("/notices/settings/"),
        Place("/digests/2026-11-20/"),
        Place("/notices/outbox/", status=403),
        Place("/accounts/password/change/"),
        Place("/accounts/2fa/"),
        Place("/accounts/logout/"),
        Place("/accounts/reauthenticate/"),
    ),
    "ono": (  # 汐見市
        Place("/"),
        Place("/raise/"),
        Place("/raise/?q=nothing"),
        Place("/raise/2/"),
        Place("/raise/45/", act=empty_raise, status=422),
        Place("/raise/11/"),
        Place("/raise/44/", status=403),
        Place("/report/"),
        Place("/report/?duty=54", act=empty_raise, status=422),
        Place("/cases/"),
        Place("/?scope=all"),
        Place("/changes/"),
        Place("/changes/calendar/"),
        Place("/requests/?duty=13"),
        Place("/matrix/"),
        Place("/tasks/"),
        Place("/tasks/{numbers}/"),
        Place("/tasks/{request}/"),
        Place("/tasks/{request}/", act=wrong_line, status=422),
        Place("/tasks/{daily}/"),
        Place("/tasks/{foreign}/", status=404),
        Place("/cases/{change}/"),
        Place("/incidents/{reported}/report/"),
        Place("/figures/incidents/?year=2026"),
        Place("/figures/inquiries/"),
        Place("/cases/{incident}/"),
        Place("/cases/{ended}/"),
        Place("/tasks/{step}/"),
        Place("/health/"),
        Place("/duties/7/procedure/", status=404),
        Place("/tasks/{plan}/"),
        Place("/tasks/{plan}/", act=empty_question, status=422),
        Place("/tasks/{plan}/versions/1/"),
        Place("/tasks/{schedule}/"),
        Place("/ledger/"),
        Place("/year/2026/"),
        Place("/month/2026-11/"),
    ),
    "morishita": (  # 広域組合
        Place("/incidents/{reported}/report/"),
        Place("/incidents/{reported}/report/", act=unreasoned_report, status=422),
        Place("/"),
        Place("/search/"),
        Place("/search/?q=%E7%A2%BA%E8%AA%8D"),
        Place("/search/?q=%E7%A2%BA%E8%AA%8D&kind=comment"),
        Place("/search/?q=29"),
        Place("/search/?q=x", status=422),
        Place("/search/?q=%E3%81%AA%E3%81%84%E8%A8%80%E8%91%89"),
        Place("/cases/?state=any"),
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
        Place("/cases/{change}/"),
        Place("/cases/{change}/withdraw/"),
        Place("/cases/{change}/withdraw/", act=no_reason, status=422),
        Place("/cases/{change}/duplicate/"),
        Place("/cases/{change}/duplicate/", act=no_reason, status=422),
        Place("/tasks/{stray}/"),
        Place("/tasks/{stray}/repoint/"),
        Place("/tasks/{stray}/repoint/", act=no_reason, status=422),
        Place("/tasks/?state=astray&scope=all"),
        Place("/ledger/?organization=mizuno"),
        Place("/year/2026/?scope=team"),
        Place("/month/2026-11/?organization=mizuno"),
        Place("/editions/1/forecast/"),
        Place("/editions/1/forecast/?month=2027-06"),
        Place("/closed-days/"),
        Place("/closed-days/?year=2029"),
        Place("/closed-days/add/"),
        Place("/closed-days/add/", act=empty_day, status=422),
        Place("/closed-days/tasks/?day={closed_day}"),
        Place("/closed-days/tasks/?day={closed_day}", act=settle_without_day),
        Place("/closed-days/closed/{closed_day}/remove/"),
        Place("/closed-days/import/"),
        Place("/closed-days/import/", act=days_from_a_file),
        Place("/teams/{team}/handover/"),
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
        Place("/matrix/"),
        Place("/health/?load=operations"),
        Place("/settings/readings/"),
        Place("/settings/readings/?state=confirmed"),
        Place("/settings/readings/?q=nothing"),
        Place("/settings/readings/", "tasks:confirm", nothing_checked, status=422),
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
    "yamaguchi": (  # ヘルプデスク
        Place("/"),
        Place("/tasks/{daily}/", status=404),
        Place("/raise/"),
        Place("/raise/54/"),
        Place("/raise/15/", act=empty_raise, status=422),
        Place("/intake/"),
        Place("/intake/?last={inquiry}"),
        Place("/intake/", act=looked_up),
        Place("/intake/", act=empty_call, status=422),
        Place("/inquiries/"),
        Place("/inquiries/?state=any&received_from=x"),
        Place("/inquiries/?q=nothing"),
        Place("/cases/{inquiry}/"),
        Place("/faq/"),
        Place("/faq/{faq}/"),
        Place("/faq/new/"),
        Place("/faq/{faq}/edit/"),
        Place("/faq/{faq}/edit/", act=empty_faq, status=422),
        Place("/faq/hints/?title=宛名"),
        Place("/intake/quarantine/"),
        Place("/intake/quarantine/{held_mail}/"),
        Place("/intake/quarantine/{held_mail}/", act=no_mail_reason, status=422),
    ),
    "ogawa": (Place("/"), Place("/cases/{inquiry}/")),  # パッケージ保守
    "ishii": (  # HW/NW保守
        Place("/"),
        Place("/matrix/?role=hwnw"),
        Place("/monitor/"),
        Place("/monitor/?state=up&q=x"),
        Place("/monitor/devices/{device}/"),
        Place("/monitor/devices/{quiet_device}/"),
        Place("/monitor/devices/{device}/performance/"),
        Place("/monitor/devices/{quiet_device}/performance/?span=week"),
        Place("/monitor/beats/"),
        Place("/monitor/wall/"),
        Place("/monitor/alerts/"),
        Place("/monitor/alerts/?state=any&q=x"),
        Place("/monitor/alerts/{alert}/"),
        Place("/monitor/alerts/{alert}/", "monitoring:alert_confirm", long_word, status=422),
        Place("/monitor/unknown/"),
        Place("/monitor/unknown/{unknown}/"),
        Place("/monitor/unknown/{unknown}/", act=nothing_decided, status=422),
        Place("/monitor/rules/"),
        Place("/monitor/rules/add/"),
        Place("/monitor/rules/{rule}/"),
        Place("/monitor/rules/add/", act=nameless_rule, status=422),
        Place("/cases/{alerted}/"),
    ),
    "makino": (  # 桐原市
        Place("/cases/{answered}/"),
        Place("/inquiries/"),
        Place("/faq/"),
        Place("/faq/{faq}/"),
        Place("/report/?duty=54"),
        Place("/intake/", status=403),
    ),
    "kubo": (  # administrator
        Place("/"),
        Place("/matrix/"),
        Place("/settings/readings/"),
        Place("/tasks/", status=403),
        Place("/year/2026/", status=403),
        Place("/editions/1/forecast/"),
        Place("/editions/import/"),
        Place("/people/{ono}/handover/"),
        Place("/people/{ono}/handover/", act=nobody_chosen, status=409),
        Place("/people/{sato}/handover/"),
        Place("/closed-days/tasks/"),
        Place("/roster/"),
        Place("/roster/import/"),
        Place("/roster/import/", act=people_from_a_file),
        Place("/roster/import/", act=no_roster, status=422),
        Place("/roster/codes/"),
        Place("/roster/codes/", act=all_codes),
        Place("/vendor-change/"),
        Place("/vendor-change/?check=1&on=R8.12.1&role={role}&to={vendor}"),
        Place("/vendor-change/?check=1", status=422),
        Place("/teams/{team}/handover/"),
        Place("/notices/"),
        Place("/notices/outbox/"),
        Place("/notices/outbox/?state=sent"),
        Place("/municipalities/"),
        Place("/municipalities/join/"),
        Place("/municipalities/join/?check=1&code=kumoi&name=雲居町&joined_on=R8.12.1"),
        Place("/municipalities/{shiomi}/leave/?check=1&on=R9.3.31"),
        Place("/municipalities/{shiomi}/rename/?check=1&name=新汐見市&from_on=R8.11.1"),
        Place("/admin/"),
        Place("/admin/accounts/user/"),
        Place("/admin/accounts/user/{ono}/change/"),
        Place("/admin/accounts/user/add/"),
        Place("/admin/accounts/membership/add/"),
        Place("/admin/accounts/organization/{shiomi}/change/"),
        Place("/admin/calendar/closedday/"),
        Place("/admin/monitoring/device/{device}/change/"),
        Place("/admin/monitoring/check/add/"),
        Place("/admin/monitoring/heartbeat/add/"),
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
    "helpdesk:fax_page": "a picture",
    "incidents:incident_report_send": "POST, goes to the report",
    "incidents:incident_report_export": "a file",
    "monitoring:healthz": "JSON for whoever starts the processes",
    "monitoring:metrics": "text for Prometheus",
    "monitoring:hook": "JSON for the tools of the field",
    "monitoring:beat": "text for a batch",
    "monitoring:beat_start": "text for a batch",
    "monitoring:beat_fail": "text for a batch",
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
    "tasks:case_attach": "POST, goes to the case",
    "helpdesk:answer": "POST, goes to the case; its refusals are pages of the case",
    "helpdesk:ask": "POST, goes to the case",
    "tasks:urge": "POST, goes to the task or to the dashboard",
    "notices:open": "POST, goes to what the notice tells of",
    "notices:read": "POST, goes to the notices",
    "notices:outbox_send": "POST, goes to the outbox",
    "helpdesk:mail_html": "what a frame of the page of a mail shows",
    "tasks:file": "a file",
    "raci:workbook": "a file",
    "tasks:edition_revise": "POST, goes to the draft",
    "tasks:edition_grid": "POST, answers with the page of the draft",
    "tasks:edition_undo": "POST, goes to the draft",
    "tasks:unconfirm": "POST, goes to 本システムの設定",
    "tasks:procedure_of": "goes to the procedure of a business key",
    "tasks:procedure_file": "a file",
    "mfa_download_recovery_codes": "a file",
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


def travelling(world) -> dict[str, Any]:
    """Cases: a change that was sent back once, with notes and files; an incident; one that was withdrawn."""
    front = Desk(world, now=NOW)
    words = {"kind": "改修", "content": "帳票の改修", "risk": "前の版に戻せる", "planned_on": "R8.12.10"}
    change = front.raise_(44, "ogawa", title="納税通知書の改修", concerns=["shiomi", "kirihara"], **words)
    front.close(44, "ogawa", then=[52])
    work = {"release": "R1", "content": "改修", "rollback_ready": True, "carried_out_on": "R8.11.20"}
    for result in ("NG", "OK"):
        front.close(52, "ogawa", file="test_result", **work)
        front.close(53, "ono", where="shiomi", result=result, comment="住所が違う")
    desk = {"by": world.sato, "team": world.team["operations"], "at": NOW}
    note = casenotes.note(change, text="試験の日程を決めた", kind="judgement", **desk)
    casenotes.note(change, text="費用の話", audience="internal", **desk)
    casenotes.note(change, text="試験は 12/8", corrects=note, **desk)
    paper = SimpleUploadedFile("工程.txt", b"x")
    file = casenotes.attach(change, file=paper, **desk)
    call = {"caller": "大野", "channel": "電話", "noticed_at": "R8.11.20 8:40", "content": "出ない"}
    incident = front.raise_(
        15, "yamaguchi", title="証明書が印刷できない", whom=["shiomi"], provisional_level="2", **call
    )
    front.close(16, "sato", then=[18, 23], level="2 一部停止", concerns=["shiomi", "mizuno"], impact="窓口")
    situation = {"now": "原因を調査中", "impact": "窓口の証明書交付", "next": "11:30 に再度知らせる"}
    casenotes.situate(incident, situation=situation, **desk)
    ended_well = reported(world)
    ended = front.raise_(45, "ono", title="帳票の変更", kind="データ", content="直す", reason="誤り")
    cases.withdraw(ended, by=world.ono, at=NOW, reason="不要になった")
    return {
        **{
            "change": change.number,
            "incident": incident.number,
            "reported": ended_well.number,
            "ended": ended.number,
        },
        **{"note": note.pk, "case_file": file.pk, "step": incident.steps.get(duty__number=18).pk},
    }


def reported(world: Any) -> Any:
    """An incident that is over: its report was sent, and is being revised."""
    front = Desk(world, now=NOW)
    call = {"caller": "大野", "channel": "電話", "noticed_at": "R8.11.20 8:40", "content": "出ない"}
    case = front.raise_(
        15, "yamaguchi", title="印刷サーバの停止", provisional_level="2", whom=["shiomi"], **call
    )
    front.close(16, "sato", then=[19], level="2 一部停止", concerns=["shiomi", "mizuno"], impact="窓口")
    front.close(19, "ishii", device="PRT01", cause="容量不足", action="一時ファイルを退避")
    front.close(25, "sato", result="回復", confirmed="試験印刷 正常")
    front.close(24, "yamaguchi", course_recorded=True, cause_kind="ハードウェア")
    step, desk = front.step(26), {"by": world.yamaguchi, "team": world.team["helpdesk"], "at": NOW}
    words = typed_of(draft(sources_of(case), NOW.date()))
    incident_reports.save(step, typed=words, **desk)
    incident_reports.send(step, version=1, **desk)
    incident_reports.save(step, typed={**words, "cause": "一時ファイルの残り"}, **desk)
    return case


def held_mail() -> int:
    """A mail of somebody whom nobody knows, with HTML."""
    raw = "From: a@x.example\nSubject: 帳票\nContent-Type: text/html; charset=utf-8\n\n<p>印刷できない</p>"
    row = mailroom.store(raw.encode(), at=NOW)
    assert row is not None
    mailroom.take_one(row.pk, at=NOW)
    return row.pk


def raised(world: Any, desk: dict[str, Any], own: dict[str, Any]) -> None:
    """A change of two municipalities, a request of one, and what one reported."""
    change = {"kind": "改修", "content": "帳票", "risk": "戻せる", "planned_on": "R8.12.10"}
    towns = {"concerns": ["shiomi", "mizuno"]}
    cases.raise_case(duty(44), title="帳票の改修", answers={**change, **towns}, **desk)
    wish = {"kind": "プログラム", "content": "直したい", "reason": "不便"}
    cases.raise_case(duty(45), title="画面を直したい", answers=wish, **own)
    cases.report(duty(15), title="印刷できない", answers={"content": "朝から印刷できない"}, **own)


def cases_of_the_morning(world) -> None:
    """A change that is being done, one that was asked for on a Sunday, and requests."""
    package = {"by": world.ogawa, "team": world.team["package"], "at": NOW}
    asked = {
        "kind": "改修", "content": "判定の改修", "concerns": ["shiomi", "kirihara"], "risk": "旧版に戻す",
        "planned_on": "R8.12.13",
    }  # fmt: skip
    case = cases.raise_case(duty(44), title="判定プログラムの改修", answers=asked, **package)
    closing_of_task.close(case.steps.get(), following=Following(frozenset({52})), **package)
    town = {"by": world.ono, "team": world.team["shiomi"], "at": NOW}
    wish = {"kind": "設定", "content": "帳票の余白", "reason": "見切れる", "wanted_on": "R8.12.3"}
    cases.raise_case(duty(45), title="余白の設定", answers=wish, **town)
    users = [{"user_code": f"U00{n}", "name": f"山田 {n}"} for n in range(5)]
    account = {"kind": "追加", "system": "住基", "lines": users, "apply_on": "R8.12.10", "reason": "異動"}
    cases.raise_case(duty(2), title="職員の追加", answers=account, **town)
    seal = {"kind": "新規", "seal_name": "汐見市長之印", "use_from": "R9.1.12"}
    cases.raise_case(duty(13), title="新しい市長印", answers=seal, **town)


def calls(world) -> dict[str, Any]:
    """A caller, two calls of theirs (one answered at once and over), a FAQ, a canned sentence."""
    desk = {"by": world.yamaguchi, "at": NOW}
    caller = Contact(
        organization=world.kirihara,
        name="柴田 直樹",
        department="税務課",
        phone="0123-45-6712",
        note="9時から",
    )
    contacts.keep(caller, **desk)
    contacts.keep(Canned(key="1", name="調査中", text="調べています。"), **desk)
    words = {"question": "連続紙の宛名がずれる", "answer": "改行位置を -2 にする", "category": "印刷"}
    faq = faqs.save(Faq(), words=words, version=0, publish=True, **desk)
    call = {
        "channel": "phone", "title": "督促状の宛名がずれる", "text": "2行下に", "received_at": NOW,
        "contact": caller, "team": world.team["helpdesk"], **desk,
    }  # fmt: skip
    first = inbox.register(world.kirihara, **call)
    given = {"by": world.ogawa, "team": world.team["package"], "at": NOW}
    inbox.answer(first.inquiry, "原因を調べています", **given)
    second = inbox.register(world.kirihara, **call, first_answer="改行位置を直す", faq=faq)
    step = second.steps.get(key=56)
    progress.close(step, answers={"history_recorded": True}, team=world.team["helpdesk"], **desk)
    return {"inquiry": first.number, "answered": second.number, "faq": faq.pk}


@pytest.fixture
def scene(world) -> dict[str, Any]:
    """What the pages show: tasks in every state, a file, comments, a start code, a second factor."""
    digest(NOW)
    days = [task(9, period_on=NOW.date() - timedelta(n)) for n in (0, 1, 2)]
    daily, closed, skipped = days
    manual = {"by": world.sato, "team": world.team["operations"], "at": NOW - timedelta(9)}
    paper = SimpleUploadedFile("配置図.txt", b"1")
    old = procedures.save(daily.duty, text="1 開く\n2 見る", files=[paper], **manual)
    procedures.save(daily.duty, text="1 開く\n2 よく見る", reason="直した", **manual)
    confirmations.confirm_many([daily.duty, *readings()[:2]], by=world.morishita, at=NOW, note="会議で")
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
    closed_day = closing.add(ClosedDay(on=NOW.date(), name="庁舎停電"), by=world.kubo, at=NOW)
    for login, name in (("aoki", "青木 蓮"), ("kishi", "岸 楓")):
        fresh = people.create(login=login, name=name, organization=world.shiomi, by=world.kubo, at=NOW)
        memberships.join(fresh, team=world.team["shiomi"], starts_on=NOW.date(), by=world.kubo, at=NOW)
    plan, schedule = published(world, desk, own)
    cases_there = travelling(world) | calls(world)
    raised(world, desk, own)
    stray = task(31)
    progress.save_answers(stray, answers={"order_checked": True}, **desk)
    cases_of_the_morning(world)
    later_editions(world)
    letter = {"person": world.sato, "address": "sato@example.test", "code": "task.turn", "created_at": NOW}
    for state in ("dead", "waiting"):
        Delivery.objects.create(
            **letter, key=state, state=state, next_at=NOW - timedelta(1), attempts=12,
            last_error="宛先が断られました（550 nobody here）。",
        )  # fmt: skip
    TOTP.activate(world.horie, SECRET)
    RecoveryCodes.activate(world.horie)
    draft = drafting.revise(Edition.objects.get(number=1), by=world.morishita, at=NOW)
    return {
        **cases_there,
        "draft": draft.number,
        **{"daily": daily.pk, "closed": closed.pk, "skipped": skipped.pk, "file": file.pk},
        **{"request": request.pk, "handed_in": handed_in.pk, "numbers": numbers.pk},
        **{"closed_day": closed_day.pk, "team": world.team["operations"].pk, "role": world.role["hwnw"].pk},
        **{"vendor": world.soseki.pk},
        **{"gathering": task(30).pk, "batch": task(32).pk, "printing": task(36).pk},
        **{"plan": plan.pk, "schedule": schedule.pk, "stray": stray.pk},
        **{"foreign": task(8, world.mizuno).pk, "shiomi": world.shiomi.pk},
        **{"ono": world.ono.pk, "sato": world.sato.pk, "password": world.password, "used": []},
        **{"held_mail": held_mail()},
        **{"procedure": old.pk, "procedure_file": old.files.get().pk},
        **watched(),
        "code": startcodes.issue(world.makino, by=world.kubo, at=NOW),
    }


def watched() -> dict[str, Any]:
    """A device with a check, a window and an alert, one that nobody watches yet, and a heartbeat."""
    device, quiet = Device.objects.create(name="AP01 業務APサーバ1", address="192.0.2.11"), "UPS01"
    MaintenanceWindow.objects.create(name="月次", rule="day", n=-1, starts_at="22:00", minutes=60)
    state = {"state": "up", "last_ok_at": NOW, "last_said": "0.012秒で応答"}
    limits = {"seconds": {"warning": 3, "critical": 10}}
    for name, kind in (("ping", "icmp"), ("ログイン画面", "http")):
        soon = NOW + timedelta(minutes=1)
        Check.objects.create(device=device, name=name, kind=kind, next_at=soon, limits=limits, **state)
    said = {"title": "AP01 ping 異常", "said": "時間内に応答がありません。"}
    found = Finding(fingerprint("x"), Watch.LIVENESS, device=device, **said)
    alert = raise_alert(found, by=None, at=NOW - timedelta(minutes=5))
    Heartbeat.objects.create(name="ウイルススキャン", key=7, succeeded_at=NOW)
    quiet_device = Device.objects.create(name=quiet)
    came = {"source": Source.objects.create(name="syslog", kind="event"), "first_at": NOW, "last_at": NOW}
    check = Check.objects.filter(device=device).first()
    Sample.objects.bulk_create(
        Sample(check_of=check, quantity="disk /", at=NOW - timedelta(hours=n), value=80 - n / 4)
        for n in range(24)
    )
    return {
        "device": device.pk, "quiet_device": quiet_device.pk, "alerted": alert.case.number, "alert": alert.pk,
        "unknown": UnknownName.objects.create(name="new-host01", said="停止", **came).pk,
        "rule": LogRule.objects.create(name="ディスク", text="disk.*full", is_pattern=True).pk,
    }  # fmt: skip
