"""The reception from the keyboard: a known caller, how many keys it takes, FAQ, drafts, twice."""

import time

import pytest
from playwright.sync_api import expect

from helpdesk import contacts, faqs
from helpdesk.models import Contact, Faq, Inquiry
from tasks.models import Case
from tests.browser.world import NOW
from tests.helpdesk.test_faxes import tiff

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ASKED = "督促状の再印刷で宛名がずれる"


class Keys:
    """A person at the keyboard who counts; text is not counted."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def press(self, key):
        """A chord is as many presses as it has keys."""
        self.page.keyboard.press(key)
        self.pressed += len(key.split("+"))

    def digits(self, number):
        for digit in number:
            self.press(digit)

    def write(self, text):
        self.page.keyboard.insert_text(text)


@pytest.fixture
def desk_of(desk, world):
    """The page of the reception; 柴田 calls often, and one FAQ is known."""
    by = {"by": world.yamaguchi, "at": NOW}
    for name, phone in (("柴田 直樹", "0123-45-6712"), ("岡部 恵", "0124-33-9001")):
        row = Contact(organization=world.kirihara, name=name, kana="しばた", department="税務課", phone=phone)
        contacts.keep(row, **by)
    words = {"question": "連続紙の宛名がずれる", "answer": "改行位置を -2 にする"}
    faqs.save(Faq(), words=words, version=0, publish=True, **by)
    return desk(world.yamaguchi, "/intake/")


def test_a_known_caller_takes_eight_keys(desk_of, world):
    page, keys = desk_of, Keys(desk_of)
    expect(page.get_by_label("電話番号")).to_be_focused()
    page.locator("[data-ready]").wait_for()
    keys.digits("6712")
    begun = time.monotonic()
    keys.press("Enter")
    expect(page.get_by_label("件名")).to_be_focused()
    assert time.monotonic() - begun < 3, "the look-up"
    expect(page.get_by_label("団体")).to_have_value("kirihara")
    keys.write(ASKED)
    keys.press("Enter")
    expect(page.locator("#i-text")).to_be_focused()
    keys.write("2行下にずれる")
    keys.press("Control+Enter")
    expect(page.get_by_text("直前の登録をお伝えください")).to_be_visible()
    assert keys.pressed <= 8
    inquiry = Inquiry.objects.select_related("contact", "case").get()
    assert (inquiry.contact.name, inquiry.case.title) == ("柴田 直樹", ASKED)
    expect(page.get_by_label("電話番号")).to_be_focused()
    expect(page.get_by_label("件名")).to_have_value("")


def test_nobody_by_that_number_is_asked_for(desk_of):
    page, keys = desk_of, Keys(desk_of)
    page.locator("[data-ready]").wait_for()
    keys.digits("9999")
    keys.press("Enter")
    expect(page.get_by_label("団体")).to_be_focused()


def test_a_faq_answers_and_the_incident_is_joined(desk_of, world):
    page, keys = desk_of, Keys(desk_of)
    page.locator("[data-ready]").wait_for()
    keys.digits("9001")
    keys.press("Enter")
    keys.write(ASKED)
    expect(page.get_by_text("連続紙の").first).to_be_visible()
    keys.press("F2")
    expect(page.get_by_label("回答の内容")).to_have_value("改行位置を -2 にする")
    page.locator("#i-text").fill("印刷できない")
    page.get_by_role("button", name="登録して障害を起票").click()
    expect(page.get_by_text("直前の登録をお伝えください")).to_be_visible()
    incident = Case.objects.get(kind="incident", title=ASKED)
    page.locator("[data-ready]").wait_for()
    keys.digits("6712")
    keys.press("Enter")
    keys.write("こちらも印刷できない")
    page.locator("#i-text").fill("同じ")
    expect(page.get_by_label("団体")).to_have_value("kirihara")
    page.get_by_role("button", name="この障害への連絡として登録").click()
    expect(page.get_by_text("に引き継ぎました")).to_be_visible()
    assert incident.sources.count() == 2
    assert Inquiry.objects.order_by("pk").first().is_first_answer


def test_a_draft_stays_while_the_next_call_is_taken(desk_of):
    page, keys = desk_of, Keys(desk_of)
    page.get_by_label("件名").fill("まだ途中")
    page.get_by_role("link", name="下書きのまま次の電話").click()
    expect(page.get_by_role("link", name="1つ目の下書きへ")).to_be_visible()
    expect(page.get_by_label("件名")).to_have_value("")
    page.get_by_role("link", name="1つ目の下書きへ").click()
    expect(page.get_by_label("件名")).to_have_value("まだ途中")
    assert keys.pressed == 0 and not Inquiry.objects.exists()


def test_a_paper_stands_beside_the_form(desk_of):
    page = desk_of
    page.locator("[name=channel][value=fax]").check(force=True)
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360f8cf500f0003030101e2aa5b5c0000000049454e44ae426082"
    )
    page.locator("input[type=file]").set_input_files(
        {"name": "原本.png", "mimeType": "image/png", "buffer": png}
    )
    expect(page.get_by_role("img", name="原本 原本.png")).to_be_visible()


def test_every_page_of_a_fax_stands_beside_the_form(desk_of):
    page = desk_of
    page.locator("[name=channel][value=fax]").check(force=True)
    page.locator("input[type=file]").set_input_files(
        {"name": "fax.tif", "mimeType": "image/tiff", "buffer": tiff(2)}
    )
    for n in (1, 2):
        expect(page.get_by_role("img", name=f"原本 fax.tif {n}/2ページ")).to_be_visible()
    page.locator("input[type=file]").set_input_files(
        {"name": "x.tif", "mimeType": "image/tiff", "buffer": b"II*\0"}
    )
    expect(page.get_by_text("x.tif は表示できません。登録した後に開けます。")).to_be_visible()
