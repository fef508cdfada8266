"""What the pages do by themselves: keys, drafts, sent once, paste, files, focus, the end of a session.

Each page here is a few lines of its own with the real scripts, under the real content security policy."""

import mimetypes
from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from opsdesk.environment import BASE_DIR
from opsdesk.lib.bundles import BUNDLES, joined

pytestmark = pytest.mark.browser
SITE = "http://opsdesk.test"
POLICY = "; ".join(
    f"{name} {' '.join(values)}" for name, values in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
)
PAGES = {path.stem: path.read_text() for path in (BASE_DIR / "tests" / "browser" / "pages").iterdir()}
LIST, FORM, LINES, FILES, GIVE = (PAGES[name] for name in ("list", "form", "lines", "files", "give"))

Visit = Callable[..., Page]


def delivered(path: str) -> str:
    """A file as it is collected: ops.js in one piece."""

    def read(name: str) -> str:
        return (BASE_DIR / "opsdesk" / "static" / name).read_text()

    name = path.removeprefix("/static/")
    return joined(name, read) if name in BUNDLES else read(name)


@pytest.fixture
def visit(page: Page) -> Visit:
    """Open a page made of `main`; a form sent to /save is counted and answered with `answer`."""
    page.sent = []  # type: ignore[attr-defined]
    bodies: dict[str, str] = {}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE).split("?")[0]
        if path.startswith("/static/"):
            route.fulfill(body=delivered(path), content_type=mimetypes.guess_type(path)[0])
            return
        if route.request.method == "POST":
            page.sent.append(route.request.post_data)  # type: ignore[attr-defined]
        html = bodies.get(path, "")
        headers = {"Content-Security-Policy": POLICY}
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)

    page.route("**/*", answer)

    def go(
        main: str, *, body: str = "", user: str = "7", path: str = "/", answers: dict[str, str] | None = None
    ) -> Page:
        for name, text in {"/": main, **(answers or {})}.items():
            bodies[name] = PAGES["frame"].replace("MAIN", text).replace("BODY", body).replace("USER", user)
        page.goto(f"{SITE}/")
        return page

    return go


def test_keys_walk_the_rows(visit: Visit):
    page = visit(LIST)
    page.keyboard.press("j")
    expect(page.locator(".cursor .t-name")).to_have_text("1")
    page.keyboard.press("j")
    page.keyboard.press("j")  # the last row stays
    expect(page.locator(".cursor .t-name")).to_have_text("2")
    page.keyboard.press("x")
    expect(page.locator(".cursor [type=checkbox]")).to_be_checked()
    page.keyboard.press("k")
    expect(page.locator(".cursor .t-name")).to_be_focused()
    page.keyboard.press("e")
    page.wait_for_url("**/close/1")


def test_enter_opens_the_row(visit: Visit):
    page = visit(LIST)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/1")


def test_slash_searches_and_letters_are_letters_in_fields(visit: Visit):
    page = visit(LIST)
    page.keyboard.press("/")
    expect(page.locator("[role=search] input")).to_be_focused()
    page.keyboard.type("jxe?")
    expect(page.locator("[role=search] input")).to_have_value("jxe?")
    expect(page.locator(".cursor")).to_have_count(0)


def test_single_keys_can_be_off(visit: Visit):
    page = visit(LIST, body='data-keys="off"')
    page.keyboard.press("j")
    expect(page.locator(".cursor")).to_have_count(0)


def test_question_mark_lists_the_keys(visit: Visit):
    page = visit(LIST)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_have_attribute("open", "")


def test_ctrl_enter_sends_and_escape_leaves(visit: Visit):
    page = visit(FORM)
    page.locator("[name=memo]").fill("x")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/save")
    page = visit(FORM)
    page.locator("[name=memo]").focus()
    page.keyboard.press("Escape")
    page.wait_for_url("**/list")


def test_a_form_is_sent_once(visit: Visit):
    page = visit(FORM)
    held: list[Route] = []
    page.route("**/save", lambda route: held.append(route))
    page.locator("[name=memo]").fill("x")
    shown = page.locator("button.btn-p").evaluate(
        "(b) => { b.click(); setTimeout(() => b.click(), 150); return [b.textContent, b.ariaBusy]; }"
    )
    assert shown == ["記録しています", "true"]
    page.wait_for_timeout(500)
    assert len(held) == 1  # a second click would cancel the first request and send another


def draft(page: Page) -> str | None:
    return page.evaluate("localStorage.getItem('draft:7:close-1')")


def kept(page: Page, text: str) -> None:
    """Wait until the draft holds `text` (waiting by script would need eval, which the policy forbids)."""
    for _ in range(50):
        if text in (draft(page) or ""):
            return
        page.wait_for_timeout(100)
    raise AssertionError(draft(page))


def test_a_draft_comes_back_and_can_be_thrown_away(visit: Visit):
    page = visit(FORM)
    page.locator("[name=memo]").fill("途中まで")
    page.locator("[name=pw]").fill("secret")
    kept(page, "途中まで")
    assert "secret" not in (draft(page) or "") and '"h"' not in (draft(page) or "")
    page = visit(FORM)
    expect(page.locator("[name=memo]")).to_have_value("途中まで")
    expect(page.locator(".draft")).to_contain_text("まだ記録されていません")
    page.get_by_role("button", name="破棄").click()
    expect(page.locator("[name=memo]")).to_have_value("")
    assert draft(page) is None


def test_what_is_typed_and_left_at_once_is_kept(visit: Visit):
    page = visit(FORM)
    page.locator("[name=memo]").fill("最後の一字まで")
    page.evaluate("location.href = '/elsewhere'")
    page.wait_for_url("**/elsewhere")
    page = visit(FORM)
    expect(page.locator("[name=memo]")).to_have_value("最後の一字まで")


def test_a_draft_never_overwrites_what_is_typed_before_the_script_is_there(visit: Visit):
    """On a slow line the page is there first: what somebody corrects meanwhile is the truth."""
    page = visit(FORM)
    page.locator("[name=memo]").fill("古い")
    kept(page, "古い")
    held: list[Route] = []
    page.route("**/js/ops.js", lambda route: held.append(route))
    page.goto(f"{SITE}/", wait_until="commit")
    page.locator("[name=memo]").fill("新しい")
    while not held:
        page.wait_for_timeout(50)
    held[0].fallback()
    expect(page.locator("[data-draft-bound]")).to_have_count(1)
    expect(page.locator("[name=memo]")).to_have_value("新しい")


def test_focus_is_not_taken_from_who_is_typing_already(visit: Visit):
    """On a slow line somebody is in a field before the script moves focus to the errors."""
    page = visit('<div data-focus tabindex="-1" role="alert">誤り</div>' + FORM)
    expect(page.get_by_role("alert")).to_be_focused()
    held: list[Route] = []
    page.route("**/js/ops.js", lambda route: held.append(route))
    page.goto(f"{SITE}/", wait_until="commit")
    page.locator("[name=memo]").focus()
    while not held:
        page.wait_for_timeout(50)
    held[0].fallback()
    expect(page.locator("[data-draft-bound]")).to_have_count(1)
    expect(page.locator("[name=memo]")).to_be_focused()


def test_a_draft_is_somebodys_own(visit: Visit):
    page = visit(FORM)
    page.locator("[name=memo]").fill("途中まで")
    kept(page, "途中まで")
    page = visit(FORM.replace("close-1", "close-2"))  # another form
    expect(page.locator("[name=memo]")).to_have_value("")
    page = visit(FORM, user="8")  # another person at the same machine
    expect(page.locator("[name=memo]")).to_have_value("")
    page = visit(FORM)
    expect(page.locator("[name=memo]")).to_have_value("途中まで")


SAVED = """<div class="toast" data-toast data-tags="{}">記録しました</div>
<script src="/static/js/saved.js"></script>"""


@pytest.mark.parametrize("tags", ["draft:close-1", ""])
def test_a_saved_form_leaves_no_draft(visit: Visit, tags: str):
    page = visit(FORM, answers={"/save": SAVED.format(tags)})
    page.locator("[name=memo]").fill("x")
    page.locator("button.btn-p").click()
    page.wait_for_url("**/save")
    assert draft(page) is None


def test_a_session_that_ended_loses_nothing(visit: Visit):
    """The form is sent, the sign-in page answers and then the form's page comes again."""
    page = visit(FORM, answers={"/save": "<h1>サインイン</h1>"})
    page.locator("[name=memo]").fill("大事な所見")
    page.locator("button.btn-p").click()
    page.wait_for_url("**/save")
    page = visit(FORM)
    expect(page.locator("[name=memo]")).to_have_value("大事な所見")


# As Excel copies it: tabs, CRLF, a cell with a line break and quotation marks.
EXCEL = '住民票\t12\t追加\r\n"二行\n目 ""引用"""\t3\t\r\n税\t４\tない\r\n'


def test_a_paste_from_excel_spreads_and_adds_rows(visit: Visit):
    page = visit(LINES)
    page.locator("[name=f-item-0-name]").evaluate(GIVE, {"kind": "paste", "text": EXCEL})
    values = page.evaluate("Object.fromEntries(new FormData(document.forms[0]))")
    assert values == {
        "f-item-0-name": "住民票", "f-item-0-count": "12", "f-item-0-kind": "a",
        "f-item-1-name": '二行目 "引用"', "f-item-1-count": "3", "f-item-1-kind": "",
        "f-item-2-name": "税", "f-item-2-count": "４", "f-item-2-kind": "", "n": "3",
    }  # fmt: skip
    expect(page.locator("#live")).to_have_text("3行を貼り付けました")


def test_a_single_value_is_an_ordinary_paste(visit: Visit):
    page = visit(LINES)
    page.locator("[name=f-item-0-name]").evaluate(GIVE, {"kind": "paste", "text": "住民票\n"})
    assert page.locator("[data-lines] tr").count() == 1


def test_rows_are_added_and_come_back_with_the_draft(visit: Visit):
    page = visit(LINES)
    page.get_by_role("button", name="行を足す").click()
    expect(page.locator("[name=f-item-1-name]")).to_be_focused()
    page.keyboard.type("二行目")
    kept(page, "二行目")
    page = visit(LINES)
    expect(page.locator("[name=f-item-1-name]")).to_have_value("二行目")


def test_files_are_dropped_pasted_and_taken_off(visit: Visit):
    page = visit(FILES)
    page.locator("[data-drop]").evaluate(GIVE, {"kind": "drop"})
    page.locator("[name=memo]").evaluate(GIVE, {"kind": "paste"})
    expect(page.locator("[data-files]")).to_contain_text("drop.png(1KB)")
    expect(page.locator("[data-files]")).to_contain_text("paste.png(1KB)")
    page.get_by_role("button", name="外す: drop.png").click()
    assert page.evaluate("[...document.querySelector('[type=file]').files].map((f) => f.name)") == [
        "paste.png"
    ]


def test_errors_are_focused(visit: Visit):
    page = visit('<div class="errsum" tabindex="-1" data-focus>入力内容を確認してください</div>')
    expect(page.locator(".errsum")).to_be_focused()


def test_a_password_can_be_read(visit: Visit):
    page = visit(
        '<form><input type="password" id="p"><button type="button" data-show="p" hidden>表示</button></form>'
    )
    page.get_by_role("button", name="表示").click()
    expect(page.locator("#p")).to_have_attribute("type", "text")
    expect(page.get_by_role("button", name="隠す")).to_have_attribute("aria-pressed", "true")


def test_the_end_of_a_session_is_told_and_put_off(visit: Visit, page: Page):
    page.clock.install()
    page = visit("<h1>x</h1>", body='data-session-seconds="1800"')
    page.clock.fast_forward("27:59")
    expect(page.locator(".session")).to_have_count(0)
    page.clock.fast_forward("00:02")
    expect(page.locator(".session")).to_contain_text("まもなくサインアウトします")
    page.get_by_role("button", name="延長する").click()
    expect(page.locator(".session")).to_have_count(0)
    page.clock.fast_forward("28:01")
    expect(page.locator(".session")).to_contain_text("まもなく")
    page.clock.fast_forward("02:00")
    expect(page.get_by_role("link", name="もう一度サインインする")).to_be_visible()


def test_a_menu_closes_when_one_looks_elsewhere(visit: Visit):
    page = visit('<details data-menu><summary>佐藤</summary><a href="/x">管理</a></details><p>他</p>')
    page.get_by_text("佐藤").click()
    page.keyboard.press("Escape")
    expect(page.locator("details")).not_to_have_attribute("open", "")
    page.get_by_text("佐藤").click()
    page.get_by_text("他").click()
    expect(page.locator("details")).not_to_have_attribute("open", "")
