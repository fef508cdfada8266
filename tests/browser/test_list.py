"""The task list and the check sheet in a browser: filter, pages, phone, paper, without scripts."""

import io
import re
import unicodedata

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from opsdesk.environment import BASE_DIR
from tests.make import make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = BASE_DIR / "tests" / "browser" / "vendor" / "axe.min.js"
A4 = (595, 842)
PATHS = (
    "/tasks/",
    "/tasks/?due_from=2026/13/1",
    "/tasks/?q=nothing",
    "/tasks/sheet/",
    "/tasks/sheet/?date=x",
)


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


def words(sheet) -> str:
    """The text of a page; fonts give some characters as the radicals that look like them."""
    text = unicodedata.normalize("NFKC", sheet.extract_text()).replace("\u2ed1", "長").replace("‧", "・")
    return "".join(text.split())


def size(sheet) -> tuple[int, int]:
    return round(float(sheet.mediabox.width)), round(float(sheet.mediabox.height))


def rows(page: Page):
    return page.locator("tbody[data-items] tr")


def test_the_filter_stands_in_the_url_without_loading_the_page(visit, cast):
    make_task(9)
    make_task(7)
    page = visit(cast.sato, "/tasks/")
    expect(rows(page)).to_have_count(2)
    page.evaluate("window.same = true")
    page.get_by_role("searchbox", name="語句").fill("日常点検")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(1)
    assert "q=" in page.url and page.evaluate("window.same")
    page.reload()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("link", name="条件を消す").click()
    expect(rows(page)).to_have_count(2)


def test_a_wrong_date_gets_a_sentence(visit, cast):
    make_task(9)
    page = visit(cast.sato, "/tasks/")
    page.get_by_label("期限（から）").fill("きのう")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("「きのう」は日付として読めません")
    expect(rows(page)).to_have_count(1)
    alert.get_by_role("link").click()
    expect(page).to_have_url(re.compile("#id_due_from$"))
    page.get_by_label("期限（から）").fill("R8.11.1")
    page.keyboard.press("Enter")
    expect(alert).to_have_count(0)
    assert page.url.count("due_from=") == 1  # what is asked anew stands in the place of what was asked


def test_pages(visit, cast):
    for n in range(60):
        make_task(9, serial=n)
    page = visit(cast.sato, "/tasks/")
    expect(rows(page)).to_have_count(50)
    pager = page.get_by_role("navigation", name="ページ")
    pager.get_by_role("link", name="次の50件").click()
    expect(rows(page)).to_have_count(10)
    expect(pager.get_by_role("link", name="次の50件")).to_have_count(0)
    pager.get_by_role("link", name="前の50件").click()
    expect(rows(page)).to_have_count(50)


def test_excel(visit, cast):
    make_task(9)
    page = visit(cast.sato, "/tasks/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel出力").click()
    assert re.fullmatch(r"作業一覧_\d{8}\.xlsx", download.value.suggested_filename)


def test_without_scripts(visit, cast):
    make_task(9)
    make_task(7)
    page = visit(cast.sato, "/tasks/", java_script_enabled=False)
    expect(page.get_by_role("button", name="印刷")).to_have_count(0)
    page.get_by_text("詳しい条件").click()
    page.get_by_label("No.", exact=True).fill("７")
    page.get_by_role("button", name="絞り込む").click()
    expect(rows(page)).to_have_count(1)


@pytest.mark.parametrize("width", [1440, 390])
def test_no_sideways_scroll_and_nothing_for_axe(visit, cast, width):
    make_task(9, assignee=cast.sato, is_caught_up=True)
    make_task(7, serial=1)
    make_task(31, period="2026-12")
    page = visit(cast.sato, PATHS[0], viewport={"width": width, "height": 900}, bypass_csp=True)
    origin = page.url.removesuffix(PATHS[0])
    for path in PATHS:
        page.goto(origin + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run()")["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == [], path


def test_the_policy_is_kept(visit, cast):
    make_task(9)
    said: list[str] = []
    page = visit(cast.sato, "/tasks/")
    origin = page.url.removesuffix("/tasks/")
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in PATHS:
        page.goto(origin + path)
    assert said == []


def test_the_list_on_paper(visit, cast):
    for n in range(50):
        make_task(9 if n % 2 else 7, serial=n)
    page = visit(cast.sato, "/tasks/?duty=9")
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert size(paper.pages[0]) == A4[::-1]
    first = words(paper.pages[0])
    for text in (
        "作業一覧",
        "条件",
        "状態:未完了",
        "No.:9",
        "佐藤美咲",
        "課長",
        "係長",
        "担当",
        "日常点検の実施",
    ):
        assert text in first, text
    for text in ("絞り込む", "Excel", "選んだ作業", "ダッシュボード", "完了にする"):
        assert text not in first, text
    for sheet in paper.pages:  # the head stands on every page
        assert "対象期間" in words(sheet), words(sheet)


def test_the_check_sheet_is_one_page_of_a4(visit, cast):
    page = visit(cast.sato, "/tasks/sheet/?date=R8.11.24")
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(paper.pages) == 1
    assert size(paper.pages[0]) == A4
    text = words(paper.pages[0])
    for said in (
        "日次点検表",
        "令和8年11月24日(火)",
        "業務運用",
        "点検者",
        "課長",
        "機器ランプ・空調・電源",
        "対象なし",
    ):
        assert said in text, said
    for ours in ("ダッシュボード", "表示する", "印刷"):
        assert ours not in text
