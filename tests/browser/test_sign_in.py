"""From the administrator's slip of paper to the own password, and the admin under the strict policy."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from opsdesk.environment import BASE_DIR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = BASE_DIR / "tests" / "browser" / "vendor" / "axe.min.js"
PASSWORD = "雨のち晴れときどき曇り空"


@pytest.fixture
def desk(browser: Browser, live_server, cast, browser_context_args):
    """desk() → a page of a browser of its own; what the policy blocked stands in page.blocked."""
    cache.clear()
    contexts = []

    def sit(**options) -> Page:
        context = browser.new_context(**{**browser_context_args, "base_url": live_server.url, **options})
        contexts.append(context)
        page = context.new_page()
        page.blocked = []
        page.on("console", lambda m: page.blocked.append(m.text) if "Content Security" in m.text else None)
        page.on("pageerror", lambda error: page.blocked.append(str(error)))
        return page

    yield sit
    for context in contexts:
        context.close()


def sign_in(page: Page, login: str, password: str, to: str = "/") -> None:
    page.goto(f"/accounts/login/?next={to}")
    page.get_by_label("ログインID").fill(login)
    page.get_by_label("パスワード", exact=True).fill(password)
    page.get_by_role("button", name="次へ").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def faults(page: Page) -> list[str]:
    page.evaluate(Path(AXE).read_text())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations'], preload: false})")
    return [f"{v['id']}: {n['html'][:120]}" for v in found["violations"] for n in v["nodes"]]


def test_it_works(desk, cast):
    office = desk()
    sign_in(office, "kubo", cast.password, "/admin/")
    office.get_by_role("link", name="利用者", exact=True).first.click()
    office.get_by_role("link", name="ono", exact=True).click()
    office.get_by_role("link", name="開始コードを発行").click()
    office.get_by_role("button", name="発行して表示する").click()
    expect(office.get_by_role("heading", level=1)).to_have_text("運用管理 開始コード")
    code = office.locator(".slip-code").inner_text()
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", code)
    assert faults(office) == []
    assert office.blocked == []

    home = desk()
    home.goto("/accounts/login/")
    home.get_by_role("link", name="はじめての方・開始コードをお持ちの方").click()
    home.get_by_label("ログインID").fill("ono")
    home.get_by_label("開始コード").fill(code.lower())
    assert faults(home) == []
    home.get_by_role("button", name="次へ").click()
    home.get_by_label("自分のパスワード", exact=True).fill(PASSWORD)
    home.get_by_role("textbox", name="もう一度").fill(PASSWORD)
    assert faults(home) == []
    home.get_by_role("button", name="このパスワードではじめる").click()
    home.wait_for_url(lambda url: "/accounts/" not in url)
    expect(home.get_by_role("heading", level=1)).to_have_count(1)
    assert home.blocked == []

    again = desk(java_script_enabled=False)
    sign_in(again, "ono", PASSWORD)
    assert "/accounts/" not in again.url


@pytest.mark.parametrize("width", [390, 1440])
def test_the_slip_fits(desk, cast, width):
    office = desk(viewport={"width": width, "height": 900})
    sign_in(office, "kubo", cast.password, f"/admin/accounts/user/{cast.ono.pk}/start-code/")
    office.get_by_role("button", name="発行して表示する").click()
    expect(office.locator(".slip-code")).to_be_visible()
    assert office.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if width == 1440:
        paper = PdfReader(BytesIO(office.pdf(prefer_css_page_size=True)))
        assert len(paper.pages) == 1
        assert "開始コード" in paper.pages[0].extract_text()
        box = paper.pages[0].mediabox
        assert (round(float(box.width)), round(float(box.height))) == (595, 420)  # A5 across


def test_the_admin_keeps_to_the_policy(desk, cast):
    page = desk()
    sign_in(page, "kubo", cast.password, "/admin/")
    ono = cast.ono.pk
    for path in (
        "",
        "accounts/user/",
        f"accounts/user/{ono}/change/",
        f"accounts/user/{ono}/history/",
        f"accounts/user/{ono}/deactivate/",
        "accounts/membership/add/",
        "accounts/organization/add/",
        "audit/event/",
    ):
        page.goto(f"/admin/{path}")
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
    page.goto("/admin/accounts/membership/add/")
    page.locator("#id_user ~ .select2").click()  # the scripts of the admin run: people are searched
    page.locator(".select2-search__field").fill("大野")
    page.get_by_role("option", name="大野 千尋").click()
    page.get_by_role("link", name="今日").first.click()
    assert page.locator("#id_starts_on").input_value()
    assert page.blocked == []
