"""The year and the month in a browser: keyboard, A3 on one page, phone, without scripts."""

import io
import re
import unicodedata
from datetime import date

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.world import faults
from tests.make import at, make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LINES = [
    {"event": f"行事{n:02}", "starts_on": f"2026-{n:02}-01", "ends_on": f"2026-{n:02}-20"}
    for n in range(4, 13)
]


@pytest.fixture
def events(world):
    """A year's plan with nine events."""
    return make_task(
        27, period_on=date(2026, 4, 1), period="FY2026", due_on=date(2026, 2, 26), state="done",
        done_on=date(2026, 2, 26), closed_at=at(), answers={"lines": LINES},
    )  # fmt: skip


def focused(page):
    """The title of the day that has the focus."""
    return page.evaluate("document.activeElement.closest('td')?.title ?? ''")


@pytest.mark.parametrize("who", ["morishita", "sato", "ono"])
def test_a3_on_one_page(desk, world, events, who):
    page = desk(getattr(world, who), "/year/2026/")
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(paper.pages) == 1
    box = paper.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (1191, 842)
    text = "".join(unicodedata.normalize("NFKC", paper.pages[0].extract_text()).split())
    assert "令和8年度" in text and "行事12" in text and getattr(world, who).name.replace(" ", "") in text
    for ours in ("Excel出力", "自分の役割", "ダッシュボード"):
        assert ours not in text


def test_arrows_move_over_the_days(desk, world):
    page = desk(world.sato, "/year/2026/")
    days = page.locator("[data-heat]")
    expect(days.locator("[tabindex='0']")).to_have_count(1)
    page.keyboard.press("t")
    assert focused(page).startswith("11/20(金)")
    for key, day in (
        ("ArrowRight", "11/21(土)"),
        ("ArrowLeft", "11/20(金)"),
        ("ArrowUp", "10/20(火)"),
        ("End", "10/31(土)"),
        ("ArrowDown", "11/30(月)"),
        ("ArrowRight", "12/1(火)"),
        ("Home", "12/1(火)"),
        ("ArrowLeft", "11/30(月)"),
    ):
        page.keyboard.press(key)
        assert focused(page).startswith(day), key
    expect(days.locator("[tabindex='0']")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tasks/\?|/month/2026-11/"))


def test_keys_are_off_in_fields_and_at_the_edge(desk, world):
    page = desk(world.sato, "/year/2026/")
    page.keyboard.press("t")
    for _n in range(12):
        page.keyboard.press("ArrowUp")
    assert focused(page).startswith("4/20(月)")
    page.locator(".plan-d > summary").click()
    page.get_by_label("担当", exact=True).focus()
    page.keyboard.press("t")
    assert focused(page) == ""


def test_a_team_and_a_town_are_chosen(desk, world):
    page = desk(world.morishita, "/year/2026/")
    page.locator(".plan-d > summary").click()
    page.get_by_label("担当", exact=True).select_option("helpdesk")
    page.get_by_label("担当区分").select_option("main")
    page.get_by_role("button", name="表示する").click()
    expect(page).to_have_url(re.compile(r"team=helpdesk&mark=main"))
    expect(page.get_by_role("rowheader", name="処理監視")).to_be_visible()
    expect(page.get_by_role("rowheader", name="バッチ処理起動")).to_have_count(1)
    page.get_by_role("link", name="11月", exact=True).click()
    expect(page).to_have_url(re.compile(r"/month/2026-11/\?mark=main&team=helpdesk"))
    expect(page.get_by_role("heading", level=1)).to_have_text("月間予定 令和8年11月")


def test_on_a_phone_the_month_is_a_list_of_days(desk, world):
    page = desk(world.ono, "/month/2026-12/", viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    first, second = (page.locator(f"#d-{n}").bounding_box() for n in ("01", "02"))
    assert first and second and second["y"] >= first["y"] + first["height"] - 1
    assert first["width"] > 300
    assert faults(page) == []


def test_without_scripts(desk, world):
    page = desk(world.sato, "/year/2026/", java_script_enabled=False)
    page.get_by_text("令和8年度", exact=False).first.click()
    page.get_by_role("link", name="令和9年度").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("年間予定 令和9年度")
    page.get_by_role("link", name="一覧", exact=True).click()
    expect(page.get_by_role("table", name="予定の一覧")).to_be_visible()


def test_later_days_have_no_button(desk, world):
    page = desk(world.sato, "/month/2026-12/")
    later = page.locator("#d-17")
    expect(later.get_by_text("依頼書取りまとめ")).to_be_visible()
    expect(later.get_by_role("link")).to_have_count(0)
    expect(page.get_by_role("button", name="完了")).to_have_count(0)
