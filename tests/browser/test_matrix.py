"""The matrix in a browser: paper, keyboard, phone, without scripts, and for screen readers."""

import io
import re
import unicodedata

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from opsdesk.environment import BASE_DIR
from tests.make import TODAY, at, make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = BASE_DIR / "tests" / "browser" / "vendor" / "axe.min.js"
PATHS = ("/matrix/", "/matrix/?cycle=monthly&q=業務", "/duties/29/", "/duties/16/", "/duties/6/", "/rights/")


@pytest.fixture
def visit(browser: Browser, live_server, edition, cast, browser_context_args):
    """visit(person, path, **of the context) → a page of that person's own browser."""
    contexts = []

    def go(person, path, **options) -> Page:
        client = Client()
        client.force_login(person)
        context = browser.new_context(**{**browser_context_args, **options})
        contexts.append(context)
        value = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    yield go
    for context in contexts:
        context.close()


def numbers(page: Page) -> list[int]:
    return [int(text) for text in page.locator("tbody .c-no").all_inner_texts()]


def words(sheet) -> str:
    """The text of a page; fonts give some characters as the radicals that look like them."""
    return "".join(unicodedata.normalize("NFKC", sheet.extract_text()).split()).replace("‧", "・")


def test_a3_on_two_pages(visit, cast):
    make_task(9)
    page = visit(cast.sato, "/matrix/")
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(paper.pages) == 2
    for sheet in paper.pages:
        assert (round(float(sheet.mediabox.width)), round(float(sheet.mediabox.height))) == (1191, 842)
    first, second = (words(sheet) for sheet in paper.pages)
    for text, works in (
        (first, ("ASP月次スケジュール作成", "障害回復報告")),
        (second, ("年間イベント計画・立案", "ハード障害監視")),
    ):
        assert all(work in text for work in works)
        assert "委託ベンダ" in text  # the head stands on both
    assert "障害回復報告" not in second and "年間イベント計画・立案" not in first
    assert "運用業務作業分担表" in first and "第1版(令和8年4月1日施行)" in first and "承認" in first
    assert "佐藤美咲" in second
    for ours in ("次の期限", "運用状況", "絞り込む", "未着手"):
        assert ours not in first + second
    assert first.count("◎") + second.count("◎") == 70 + 1  # and the legend's


def test_a_screen_reader_hears_the_marks(visit, cast):
    page = visit(cast.sato, "/matrix/")
    row = page.locator("#n16")
    expect(row.get_by_role("img", name="主担当")).to_have_count(3)
    expect(row.get_by_role("img", name="支援担当")).to_have_count(1)
    expect(row.get_by_role("rowheader", name="障害レベル、業務影響範囲の確認")).to_be_visible()
    expect(page.get_by_role("columnheader", name="業務運用")).to_be_visible()
    expect(page.get_by_role("region", name=re.compile("運用業務作業分担表"))).to_be_visible()


def test_a_pick_stands_in_the_url_without_loading_the_page(visit, cast):
    page = visit(cast.sato, "/matrix/")
    page.evaluate("window.same = true")
    for name in ("日次", "月次", "年次", "適宜"):
        page.get_by_role("checkbox", name=name).uncheck()
    expect(page.get_by_role("status").filter(has_text="60行のうち 35行")).to_be_visible()
    page.get_by_role("searchbox", name="語句").fill("監視")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="60行のうち 4行")).to_be_visible()
    assert numbers(page) == [57, 58, 59, 60]
    assert "cycle=on_demand" in page.url and page.evaluate("window.same")
    page.reload()
    assert numbers(page) == [57, 58, 59, 60]


def test_a_role_is_emphasised_at_once(visit, cast):
    page = visit(cast.sato, "/matrix/")
    expect(page.get_by_text("業務運用の主担当 25行・担当 35行")).to_be_visible()
    page.get_by_role("radio", name="HW/NW保守").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("HW/NW保守の主担当 12行・担当 14行")).to_be_visible()
    expect(page.locator("#n57 .c-no")).to_have_css("font-weight", "700")
    expect(page.locator("#n7 .c-no")).to_have_css("font-weight", "400")


def test_a_state_leads_to_its_list_and_a_row_to_its_duty(visit, cast):
    make_task(9, due_on=TODAY)
    page = visit(cast.sato, "/matrix/")
    page.locator("#n9").get_by_role("link", name="No.9").click()
    expect(page).to_have_url(re.compile(r"/tasks/\?duty=9&state=(open|overdue)&scope=all"))
    page.go_back()
    page.get_by_role("link", name="日常点検の実施").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("日常点検の実施")
    page.get_by_role("link", name="分担表で見る").click()
    expect(page).to_have_url(re.compile(r"/matrix/#n9"))


def test_without_scripts(visit, cast):
    page = visit(cast.ono, "/matrix/", java_script_enabled=False)
    assert len(numbers(page)) == 60
    expect(page.get_by_role("button", name="A3で印刷")).to_have_count(0)
    page.get_by_role("searchbox", name="語句").fill("人事異動")
    page.get_by_role("button", name="絞り込む").click()
    expect(page.locator("tbody .c-no")).to_have_count(3)
    assert numbers(page) == [3, 4, 5]


@pytest.mark.parametrize("width", [1440, 390])
def test_no_sideways_scroll_and_nothing_for_axe(visit, cast, width):
    make_task(29, cast.shiomi, closed_at=at(), done_on=TODAY, state="done", closed_by=cast.ono)
    page = visit(cast.ono, PATHS[0], viewport={"width": width, "height": 900}, bypass_csp=True)
    origin = page.url.removesuffix(PATHS[0])
    for path in PATHS:
        page.goto(origin + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run()")["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == [], path


def test_the_policy_is_kept(visit, cast):
    said: list[str] = []
    page = visit(cast.sato, "/matrix/")
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in PATHS:
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + path)
    assert said == []
