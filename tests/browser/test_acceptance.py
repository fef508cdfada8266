"""Issue 2, "Done when": a morning at the desk, from signing in to the history, as each role."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from opsdesk.audit.models import Event
from tasks.models import Attachment, Task
from tests.browser.world import GIVE, TODAY, confirm_all, panel, row, says, sign_in, task
from tests.make import make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHECKS = {
    "online": "オンラインサービス稼働",
    "night_batch": "夜間バッチ結果",
    "backup": "バックアップ結果",
    "disk_space": "ディスク空き容量",
    "event_log": "イベントログ",
    "equipment": "機器ランプ・空調・電源",
}
REMARK = "夜間バッチ TAX020 を再実行し、8:31 に正常終了を確認した。"
EXCEL = (
    "住民税 納税通知\tR8.12.3\tP1\tR8.12.4\t120\r\n介護保険料 更正\t2026/12/10\t\t２０２６１２１１\t３０\r\n"
)


def png() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "#00428c").save(picture, "PNG")
    return picture.getvalue()


def paper(name: str, content: bytes = b"%PDF-1.7\n%%EOF\n", kind: str = "application/pdf") -> dict:
    return {"name": name, "mimeType": kind, "buffer": content}


def check(form, ng: str = "", but: str = "") -> None:
    """Tick the checklist: OK everywhere, NG at `ng`, nothing at `but`."""
    for key, label in CHECKS.items():
        if key != but:
            group = form.get_by_role("radiogroup", name=re.compile(label))
            group.get_by_text("NG" if key == ng else "OK", exact=True).click()


def history(page: Page):
    return panel(page, "履歴")


TITLES = {
    "sato": "今日の運用",
    "yamaguchi": "今日の運用",
    "ogawa": "今日の運用",
    "ishii": "今日の運用",
    "morishita": "全体の運用",
    "ono": "汐見市の運用",
    "kubo": "ダッシュボード",
}
#: Who finds which duty on the dashboard, and which not.
OWN = {
    "sato": ({9, 7, 30}, {8, 34, 57, 48, 36}),
    "yamaguchi": ({34}, {9, 7, 8, 57, 48}),
    "ogawa": ({48}, {9, 7, 8, 57, 34}),
    "ishii": ({57}, {9, 7, 8, 48, 34}),
    "morishita": ({36}, {57, 48}),
    "ono": ({8, 29}, {9, 7, 57, 48, 34, 36}),
    "kubo": (set(), {7, 8, 9, 29, 30, 34, 36, 48, 57}),
}


def test_each_role_signs_in_and_sees_its_own(desk, world):
    for number in (48, 57):
        make_task(number, due_on=TODAY)
    foreign = task(8, world.mizuno)
    for login, title in TITLES.items():
        page = desk(None, "/", anew=True)
        expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
        sign_in(page, login, world.password)
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.get_by_text(getattr(world, login).name).first).to_be_attached()
        shown = {int(no.removeprefix("No.")) for no in page.locator(".task .no").all_inner_texts()}
        own, others = OWN[login]
        assert own <= shown and not others & shown, (login, shown)
        if login in ("ono", "kubo"):
            assert not page.locator(f"a[href*='/tasks/{foreign.pk}/']").count()
            expect(page.get_by_text("瑞野町")).to_have_count(0)
        page.context.close()


def test_the_union_sees_who_is_late(desk, world):
    page = desk(world.morishita)
    teams = panel(page, "チームの状況")
    late = teams.get_by_role("row", name=re.compile("業務運用"))
    expect(late).to_contain_text("No.9 日常点検の実施")
    expect(late).to_contain_text("5開庁日")
    members = panel(page, "構成団体の状況")
    expect(members.get_by_role("row", name=re.compile("No.29"))).to_contain_text("遅れ")
    expect(members.get_by_role("columnheader", name="瑞野町")).to_be_visible()
    count = late.get_by_role("link", name=re.compile(r"^\d+\s*件$"))
    number = int(count.inner_text().split("件")[0])
    count.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("作業一覧")
    expect(page.locator("tbody[data-items] tr")).to_have_count(number)


def test_the_daily_inspection_is_closed_in_its_row_and_taken_back(desk, world):
    today = task(9)
    page = desk(world.sato)
    due = panel(page, "今日が期限")
    expect(due.locator(".cnt")).to_have_text("2件")
    row(page, today).get_by_role("link", name="完了にする").click()
    form = row(page, today).locator("form.close")
    expect(form.get_by_role("heading", name=re.compile("No.9 日常点検の実施"))).to_be_focused()
    assert page.url.endswith("/"), "it is filled in where it stands"

    check(form, ng="night_batch")
    form.get_by_label("所見").fill("再実行が必要")
    form.locator("input[type=file]").set_input_files(paper("夜間バッチ.pdf"))
    form.get_by_role("radio", name="正常").check()
    form.get_by_role("button", name="完了を記録する").click()
    errors = form.get_by_role("alert")  # one NG: "正常" is not possible
    expect(errors).to_contain_text("異常あり")
    expect(form.get_by_role("radio", name="正常")).to_be_disabled()
    expect(form.get_by_text("所見 1件")).to_be_visible()
    expect(form.get_by_label("所見", exact=False).last).to_have_value("再実行が必要")
    form.get_by_role("radio", name="異常あり").check()
    form.get_by_label("所見").last.fill(REMARK)
    form.get_by_role("button", name="完了を記録する").click()

    expect(row(page, today)).to_contain_text("佐藤 美咲(業務運用)")
    expect(page.locator("#live")).to_contain_text("No.9 日常点検の実施 を記録しました")
    page.reload()
    expect(due.locator(".cnt")).to_have_text("1件(完了 1)")
    expect(row(page, today).get_by_role("link", name="完了にする")).to_have_count(0)
    page.goto("/tasks/?state=open&duty=9&due_from=2026-11-20")
    expect(page.locator("tbody[data-items] tr")).to_have_count(0)

    page.goto(f"/tasks/{today.pk}/")
    expect(history(page)).to_contain_text("佐藤 美咲")
    expect(history(page)).to_contain_text("異常あり")
    record = panel(page, "記入項目")
    expect(record.get_by_role("row", name=re.compile("夜間バッチ結果"))).to_contain_text("NG")
    expect(record).to_contain_text(REMARK)
    with page.expect_download() as download:
        panel(page, "ファイル").get_by_role("link", name="夜間バッチ.pdf", exact=True).click()
    assert download.value.suggested_filename == "夜間バッチ.pdf"

    page.get_by_role("link", name="取り消す", exact=True).click()
    page.get_by_role("textbox", name="理由").fill("別の日の分だった")
    page.get_by_role("button", name="取り消す").click()
    says(page, "記録を取り消しました")
    expect(history(page)).to_contain_text("別の日の分だった")
    page.goto("/")
    expect(due.locator(".cnt")).to_have_text("2件")
    codes = [e.code for e in Event.objects.about(today).order_by("pk")]
    assert codes[-2:] == ["task.closed", "task.reopened"]


def test_a_request_is_pasted_signed_returned_and_signed_again(desk, world):
    request = task(29, world.shiomi)
    page = desk(world.ono, f"/tasks/{request.pk}/")
    form = panel(page, "汐見市 の記入と署名")
    form.get_by_label("明細1 処理名").evaluate(GIVE, {"kind": "paste", "text": EXCEL})
    expect(form.get_by_label("明細2 部数")).to_have_value("３０")
    form.get_by_label("ファイルを選ぶ: 依頼書").set_input_files(paper("依頼書.pdf"))
    form.get_by_role("button", name="署名を記録する").click()
    says(page, "署名を記録しました")
    steps = page.get_by_role("list", name="署名の順")
    expect(steps).to_contain_text("大野 千尋")

    other = desk(world.sato, f"/tasks/{request.pk}/")
    expect(other.get_by_role("row", name=re.compile("介護保険料 更正"))).to_contain_text("30")
    expect(panel(other, "ファイル").get_by_role("link", name="依頼書.pdf", exact=True)).to_be_visible()
    mine = panel(other, "業務運用 の記入と署名")
    mine.get_by_role("radio", name="差し戻す").check()
    mine.get_by_label("差し戻す理由").fill("納品日を一日早めてください")
    mine.get_by_role("button", name="記録する").click()
    says(other, "差し戻しました")

    page.goto("/")
    row(page, request).get_by_role("link", name="署名する").click()
    expect(page.get_by_role("main")).to_contain_text("納品日を一日早めてください")
    expect(form.get_by_label("明細1 処理名")).to_have_value("住民税 納税通知")
    form.get_by_label("明細2 納品日").fill("R8.12.10")
    form.get_by_role("button", name="署名を記録する").click()
    says(page, "署名を記録しました")

    other.goto(f"/tasks/{request.pk}/")
    expect(other.get_by_role("list", name="署名の順")).to_contain_text("第2回")
    mine.get_by_role("radio", name="署名して完了にする").check()
    mine.get_by_role("button", name="記録する").click()
    says(other, "署名を記録しました")
    for said in ("差し戻", "納品日を一日早めてください", "大野 千尋", "佐藤 美咲"):
        expect(history(other)).to_contain_text(said)
    request.refresh_from_db()
    assert (request.state, request.outcome) == ("done", "normal")
    assert [line["deliver_on"] for line in request.answers["lines"]] == ["2026-12-04", "2026-12-10"]
    page.goto("/tasks/?state=open&duty=29")
    expect(page.locator("tbody[data-items] tr")).to_have_count(0)


def test_numbers_over_the_limit_are_a_finding(desk, world):
    today = task(8, world.shiomi)
    page = desk(world.ono, f"/tasks/{today.pk}/")
    form = panel(page, "記入項目")
    for label, text in {"総台数": "１００", "更新済": "94", "未更新": "6", "検出件数": "0"}.items():
        form.get_by_label(re.compile(f"^{label}")).fill(text)
    form.get_by_role("button", name="途中保存").last.click()
    says(page, "途中保存しました")
    expect(form).to_contain_text("所見 1件 — 結果は「異常あり」になります")
    expect(form).to_contain_text(re.compile("未更新.*5"))
    expect(form.get_by_role("radio", name="正常")).to_be_disabled()
    form.get_by_label("未更新").fill("5")
    form.get_by_label("更新済").fill("95")
    form.get_by_role("button", name="途中保存").last.click()
    says(page, "途中保存しました")
    expect(form.get_by_role("radio", name="正常")).to_be_enabled()


def test_two_people_at_once(desk, world):
    today = task(9)
    first, second = desk(world.takahashi, f"/tasks/{today.pk}/"), desk(world.sato, f"/tasks/{today.pk}/")
    check(first)
    check(second, ng="backup")
    second.get_by_label("所見").fill(REMARK)
    first.get_by_role("button", name="完了を記録する").click()
    says(first, "完了にしました")
    second.get_by_role("button", name="完了を記録する").click()
    alert = second.get_by_role("alert")
    expect(alert).to_contain_text("高橋 亮")
    expect(alert).to_contain_text(REMARK)
    assert Event.objects.about(today).count() == 1
    assert Task.objects.get(pk=today.pk).closed_by == world.takahashi


def test_a_double_click_is_one_result(desk, world):
    today = task(9)
    page = desk(world.sato, f"/tasks/{today.pk}/")
    check(page)
    page.locator("input[type=file]").first.set_input_files(paper("写真.png", png(), "image/png"))
    page.get_by_role("button", name="完了を記録する").dblclick()
    says(page, "完了にしました")
    assert [e.code for e in Event.objects.about(today)].count("task.closed") == 1
    assert Attachment.objects.filter(task=today).count() == 1


def test_a_session_that_ends_loses_nothing(desk, world):
    today = task(9)
    page = desk(world.sato, f"/tasks/{today.pk}/")
    check(page, ng="backup")
    page.get_by_label("所見").fill(REMARK)
    world.clock.shift(timedelta(hours=11))  # a session lasts ten
    page.get_by_role("button", name="完了を記録する").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
    sign_in(page, "sato", world.password)
    assert page.url.endswith(f"/tasks/{today.pk}/"), page.url
    expect(page.get_by_label("所見")).to_have_value(REMARK)
    group = page.get_by_role("radiogroup", name=re.compile("バックアップ結果"))
    expect(group.get_by_role("radio", name="NG")).to_be_checked()
    expect(page.get_by_role("status").filter(has_text="まだ記録されていません")).to_be_visible()
    assert Task.objects.get(pk=today.pk).is_open
    page.get_by_role("radio", name="異常あり").check()
    page.get_by_role("button", name="完了を記録する").click()
    says(page, "完了にしました")


def test_what_was_refused_is_newer_than_its_draft(desk, world):
    """A slow page is sent again before its scripts are there: the draft of the first time stays away."""
    today = task(9)
    page = desk(world.sato, f"/tasks/{today.pk}/")
    page.get_by_label("実施日").fill("令和8年13月1日")
    page.route("**/draft*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.get_by_role("button", name="完了を記録する").click()
    expect(page.get_by_role("alert")).to_contain_text("令和8年13月1日")
    page.get_by_label("実施日").fill("R8.11.20")
    page.unroute("**/draft*.js")
    page.get_by_role("button", name="完了を記録する").click()
    expect(page.get_by_role("alert")).to_contain_text("バックアップ結果")
    expect(page.locator("[data-draft-bound]").first).to_be_attached()
    expect(page.get_by_label("実施日")).to_have_value("R8.11.20")


def test_what_the_server_filled_in_is_newer_than_the_draft(desk, world):
    """「全項目を確認した」 stays when its page's scripts are there, and outlives leaving the page."""
    today = task(9)
    page = desk(world.sato, f"/tasks/{today.pk}/")
    expect(page.locator("#task-form[data-draft-bound]")).to_be_attached()
    page.get_by_label("所見").fill(REMARK)
    confirm_all(page)
    expect(page.locator("#task-form[data-draft-bound]")).to_be_attached()
    expect(page.locator("#close .tri input:checked")).to_have_count(6)
    page.goto(page.url.replace("save/", ""))
    expect(page.get_by_role("status").filter(has_text="まだ記録されていません")).to_be_visible()
    expect(page.locator("#close .tri input:checked")).to_have_count(6)
    expect(page.get_by_label("所見")).to_have_value(REMARK)
    page.get_by_role("button", name="完了を記録する").click()
    says(page, "完了にしました")


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
def test_bad_input_gets_a_sentence_and_loses_nothing(desk, world, script):
    today = task(9)
    page = desk(world.sato, "/", **({} if script else {"java_script_enabled": False}))
    row(page, today).get_by_role("link", name="完了にする").click()
    if script:
        row(page, today).get_by_role("link", name="作業の画面で記入する").click()
    page.wait_for_url(f"**/tasks/{today.pk}/**")
    send = page.get_by_role("button", name="完了を記録する")
    check(page, but="backup")
    page.get_by_label("所見").fill(REMARK)
    page.get_by_label("実施日").fill("令和8年13月1日")
    send.click()
    errors = page.get_by_role("alert")
    expect(errors).to_contain_text("令和8年13月1日")
    expect(page).to_have_title(re.compile("^エラー: .* - opsdesk$"))
    page.get_by_label("実施日").fill("R8.11.20")
    send.click()
    expect(errors).to_contain_text("バックアップ結果")
    expect(page.get_by_label("所見")).to_have_value(REMARK)
    page.get_by_role("radiogroup", name=re.compile("バックアップ結果")).get_by_text("OK", exact=True).click()
    evidence = page.get_by_label("ファイルを選ぶ: 証跡")
    evidence.set_input_files(paper("点検.exe", b"MZ\x90\x00\x03", "application/octet-stream"))
    send.click()
    expect(errors).to_contain_text("「点検.exe」は受け付けられない種類です")
    expect(page.get_by_label("所見")).to_have_value(REMARK)
    assert Task.objects.get(pk=today.pk).is_open and not Attachment.objects.exists()
    evidence.set_input_files(paper("点検表.pdf"))
    send.click()
    says(page, "完了にしました")
    expect(history(page)).to_contain_text("佐藤 美咲")
    expect(panel(page, "ファイル").get_by_role("link", name="点検表.pdf", exact=True)).to_be_visible()
    assert Task.objects.get(pk=today.pk).remark == REMARK
