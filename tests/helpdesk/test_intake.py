"""helpdesk:intake, the form of the reception: registered, looked up, answered, twice, refused."""

import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from helpdesk import contacts, faqs
from helpdesk.models import Contact, Faq, Inquiry
from tasks.models import Case
from tests.make import at

URL = "/intake/"
CALL = {
    "channel": "phone", "phone": "0123-45-6712", "organization": "kirihara", "caller": "柴田",
    "title": "督促状の再印刷で宛名がずれる", "text": "2行下にずれる", "first": "no", "token": "t" * 32,
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def ask(client, cast, edition, holidays):
    """ask("yamaguchi") → the page; with fields: a POST; htmx: what stands beside the form."""

    def ask(who="yamaguchi", url=URL, htmx=False, **fields):
        client.force_login(getattr(cast, who))
        headers = {"HX-Request": "true"} if htmx else {}
        return client.post(url, fields, headers=headers) if fields else client.get(url, headers=headers)

    return ask


@pytest.fixture
def shibata(cast, edition):
    row = Contact(
        organization=cast.kirihara, name="柴田 直樹", kana="しばた なおき", department="税務課",
        phone="0123-45-6712", note="9〜16時が希望",
    )  # fmt: skip
    return contacts.keep(row, by=cast.yamaguchi, at=at())


@pytest.fixture
def faq(cast, edition):
    words = {"question": "連続紙の宛名がずれる", "answer": "改行位置を -2 にする"}
    return faqs.save(Faq(), by=cast.yamaguchi, at=at(), words=words, version=0, publish=True)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_it_works(ask):
    response = ask(**CALL, started="2026-11-24T09:55:00+09:00", original="F-7")
    assert response.status_code == 302 and response.url == "/intake/?last=INQ-R8-0001"
    inquiry = Inquiry.objects.get()
    assert (inquiry.received_at, inquiry.original_number, inquiry.phone) == (at(9, 55), "F-7", "0123-45-6712")
    page = text(ask(url=response.url))
    assert "れい・れい・れい・いち" in page and "桐原市 柴田" in page
    again = ask(**CALL)
    assert again.url == response.url and Case.objects.count() == 1


def test_the_caller_is_found_and_taken_over(ask, shibata, faq):
    ask(**CALL, contact=shibata.pk)
    beside = text(ask(htmx=True, phone="6712", title=CALL["title"], organization="kirihara"))
    assert "柴田 直樹" in beside and "9〜16時が希望" in beside and "桐原市の未回答" in beside
    assert "改行位置を -2" in beside and "F2" in beside
    page = ask(phone="6712", pick=shibata.pk)
    form = page.context["form"]
    assert (form.value("caller"), form.value("organization"), form.value("contact")) == (
        "柴田 直樹(税務課)", "kirihara", str(shibata.pk),
    )  # fmt: skip
    assert "この方の最近の受付" in text(page)
    assert ask(phone="nobody", find="1").context["around"].people == []
    assert Case.objects.count() == 1


def test_a_faq_answers_at_once(ask, faq):
    form = ask(**CALL, use=faq.pk).context["form"]
    assert (form.value("answer"), form.is_first) == (faq.answer, True)
    assert not Case.objects.exists()
    ask(**{**CALL, "first": "yes", "answer": form.value("answer"), "faq": faq.pk})
    inquiry = Inquiry.objects.get()
    assert inquiry.faq == faq and inquiry.is_first_answer
    assert inquiry.case.comments.get().text == faq.answer
    assert "1回" in text(ask(htmx=True, title=CALL["title"]))


def test_incidents_and_a_stranger_with_a_paper(ask, cast):
    paper = SimpleUploadedFile("原本.pdf", b"%PDF-1.4 x")
    ask(**{**CALL, "caller": "岡部(会計課)", "keep": "1", "incident": "new", "file": paper, "channel": "fax"})
    first = Inquiry.objects.get()
    assert str(first.contact) == "岡部(会計課)" and first.contact.phone_key == "0123456712"
    assert first.case.steps.get(key=54).attachments.get().name == "原本.pdf"
    incident = first.case.linked.get().case
    other = {**CALL, "organization": "shiomi", "token": "u" * 32}
    assert incident.number in text(ask(htmx=True, organization="shiomi"))
    ask(**other, incident=incident.number)
    assert incident.sources.count() == 2 and Case.objects.filter(kind="incident").count() == 1
    assert ask(**{**other, "token": "v" * 32}, incident="INC-R8-9999").status_code == 404


def test_what_is_wrong_is_said_and_stays(ask):
    response = ask(**{**CALL, "title": "", "organization": "", "phone": "abc", "first": "yes"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"title", "organization", "phone", "answer"}
    assert "2行下にずれる" in text(response) and not Case.objects.exists()
    assert ask(**{**CALL, "title": "x" * 201}).status_code == 422
    bad = SimpleUploadedFile("a.exe", b"MZ\x00\x01")
    assert "受け付けられない種類" in text(ask(**CALL, file=bad))
    later = ask(**CALL, started="2026-11-24T11:00:00+09:00")
    assert later.status_code == 302 and Inquiry.objects.get().received_at == at(10)


@pytest.mark.parametrize("who", ["ono", "sato", "morishita"])
def test_only_who_receives_registers(ask, who):
    assert ask(who).status_code == 403
    assert ask(who, **CALL).status_code == 403
    assert not Case.objects.exists()


def test_another_method_is_refused(client, cast, edition):
    client.force_login(cast.yamaguchi)
    assert client.put(URL).status_code == 405


def test_statements(ask, client, shibata, faq, django_assert_max_num_queries):
    ask(**CALL, contact=shibata.pk)
    fields = {"phone": "6712", "organization": "kirihara", "title": CALL["title"]}
    ask(htmx=True, **fields)
    with django_assert_max_num_queries(14):
        client.post(URL, fields, headers={"HX-Request": "true"})
