"""helpdesk:faqs, faq, faq_new, faq_edit, faq_hints: written by who receives, read by everybody."""

import re

import pytest
import time_machine

from helpdesk import faqs
from helpdesk.hints import words_of
from helpdesk.models import Faq
from helpdesk.spoken import read_aloud
from tests.make import at

WORDS = {
    "question": "連続紙の宛名がずれる",
    "answer": "改行位置を -2 にする",
    "category": "印刷",
    "keywords": "",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def ask(client, cast, edition):
    def ask(who, url, htmx=False, **fields):
        client.force_login(getattr(cast, who))
        headers = {"HX-Request": "true"} if htmx else {}
        return client.post(url, fields) if fields else client.get(url, headers=headers)

    return ask


@pytest.fixture
def write(cast, edition):
    def save(publish, **words):
        given = {"by": cast.yamaguchi, "at": at(), "version": 0, "publish": publish}
        return faqs.save(Faq(), words={**WORDS, **words}, **given)

    return save


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_it_works(ask, cast):
    response = ask("yamaguchi", "/faq/new/", **WORDS, version="0", publish="no")
    faq = Faq.objects.get()
    assert response.url == f"/faq/{faq.pk}/" and not faq.is_published
    assert ask("makino", response.url).status_code == 404
    assert "連続紙" not in text(ask("makino", "/faq/"))
    ask("yamaguchi", f"/faq/{faq.pk}/edit/", **{**WORDS, "answer": "直した"}, version="1", publish="yes")
    assert "直した" in text(ask("makino", response.url))
    assert "連続紙" in text(ask("makino", "/faq/?q=宛名&category=印刷"))
    stale = ask("yamaguchi", f"/faq/{faq.pk}/edit/", **{**WORDS, "answer": "古い"}, version="1")
    assert stale.status_code == 409 and "古い" in text(stale) and "山口 真由" in text(stale)
    wrong = ask("yamaguchi", f"/faq/{faq.pk}/edit/", **{**WORDS, "question": " "}, version="2")
    assert wrong.status_code == 422 and "質問を入力してください" in text(wrong)
    faq.refresh_from_db()
    assert (faq.answer, faq.version) == ("直した", 2)


def test_doors(ask, write):
    shown, draft = write(True), write(False, question="下書きの質問")
    assert ask("sato", f"/faq/{shown.pk}/").status_code == 200
    assert ask("sato", f"/faq/{shown.pk}/edit/").status_code == 403
    assert ask("sato", f"/faq/{draft.pk}/edit/").status_code == 404
    assert ask("sato", "/faq/new/", **WORDS).status_code == 403
    assert ask("yamaguchi", "/faq/?state=no").context["table"].page.rows[0] == draft


def test_what_is_typed_finds_it(ask, write):
    write(True)
    write(True, question="封筒の色", answer="白")
    write(False, question="宛名の下書き")
    found = text(ask("makino", "/faq/hints/?title=督促状の宛名の位置", htmx=True))
    assert "連続紙" in found and "封筒" not in found and "下書き" not in found
    assert "件名を入力" in text(ask("makino", "/faq/hints/"))
    assert "よくある質問" in text(ask("makino", "/report/?duty=54"))
    assert "よくある質問" not in text(ask("makino", "/report/?duty=15"))


def test_words_and_numbers_as_they_are_said():
    assert words_of("督促状の再印刷で宛名がﾎﾟｽﾄからずれる ID")[:4] == ["督促状", "再印刷", "宛名", "id"]
    assert "印刷" in words_of("再印刷") and words_of("これはどう") == []
    assert read_aloud("INQ-R8-1184") == ("INQ-R8-", "1184", "いち・いち・はち・よん")


@pytest.mark.parametrize("url", ["/faq/", "/faq/1/", "/faq/new/", "/faq/1/edit/", "/faq/hints/"])
def test_another_method_is_refused(client, cast, url):
    client.force_login(cast.yamaguchi)
    assert client.put(url).status_code == 405
