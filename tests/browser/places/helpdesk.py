"""Calls, mails, inquiries and the FAQ."""

from typing import Any

from playwright.sync_api import Page

from helpdesk import contacts, faqs, inbox, mailroom
from helpdesk.models import Canned, Contact, Faq
from tasks import progress
from tests.browser.places.place import Place, Places
from tests.browser.world import NOW


def no_mail_reason(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="対象外にする").click()
    page.get_by_role("alert").wait_for()


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


PLACES: Places = {
    "sato": (  # 業務運用
        Place("/figures/inquiries/?organization=shiomi"),
    ),
    "ono": (  # 汐見市
        Place("/figures/inquiries/"),
    ),
    "yamaguchi": (  # ヘルプデスク
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
    "ogawa": (  # パッケージ保守
        Place("/cases/{inquiry}/"),
    ),
    "makino": (  # 桐原市
        Place("/cases/{answered}/"),
        Place("/inquiries/"),
        Place("/faq/"),
        Place("/faq/{faq}/"),
        Place("/intake/", status=403),
    ),
}
#: Addresses without a page of their own, and why.
NOT_PAGES: dict[str, str] = {
    "helpdesk:fax_page": "a picture",
    "helpdesk:answer": "POST, goes to the case; its refusals are pages of the case",
    "helpdesk:ask": "POST, goes to the case",
    "helpdesk:mail_html": "what a frame of the page of a mail shows",
}


def held_mail() -> int:
    """A mail of somebody whom nobody knows, with HTML."""
    raw = "From: a@x.example\nSubject: 帳票\nContent-Type: text/html; charset=utf-8\n\n<p>印刷できない</p>"
    row = mailroom.store(raw.encode(), at=NOW)
    assert row is not None
    mailroom.take_one(row.pk, at=NOW)
    return row.pk


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
