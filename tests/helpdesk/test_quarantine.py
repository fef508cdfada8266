"""保留のメール: the list, a mail, what is done with it."""

import pytest
import time_machine
from django.test import Client

from helpdesk import mailroom
from helpdesk.models import IncomingMail, Inquiry
from tests.helpdesk import mails
from tests.helpdesk.test_mailroom import come, contact, known  # noqa: F401  (a fixture)
from tests.make import at

EVIL = b'<p>HELLO</p><script>steal()</script><img src="https://x.example/p.png"><a href="https://x.example/">go</a>'


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(at(12), tick=False):
        yield


@pytest.fixture
def held(known):  # noqa: F811
    return come(mails.mail(EVIL, kind="text/html", sender=b"new@x.example", subject="帳票<b>".encode()))


def test_it_works(client, cast, held, django_assert_max_num_queries):
    client.force_login(cast.yamaguchi)
    client.get("/intake/quarantine/")
    with django_assert_max_num_queries(6):
        page = client.get("/intake/quarantine/").content.decode()
    assert "帳票&lt;b&gt;" in page and "差出人が連絡先に登録されていません。" in page
    for n in range(30):
        come(mails.mail(b"x", id_=f"{n}@x", sender=b"new@x.example"))
    with django_assert_max_num_queries(6):
        client.get("/intake/quarantine/?q=x")
    with django_assert_max_num_queries(10):
        page = client.get(f"/intake/quarantine/{held.pk}/")
    text = page.content.decode()
    assert "HELLO" in text and "<script>steal" not in text and "Message-ID: &lt;m1@" in text
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    frame = client.get(f"/intake/quarantine/{held.pk}/html/")
    body = frame.content.decode()
    assert "<p>HELLO</p>" in body and 'href="https://x.example/"' in body
    assert "script" not in body and "img" not in body
    policy = frame["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox allow-popups" in policy and "script-src" not in policy
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    done = client.post(f"/intake/quarantine/{held.pk}/", {"organization": cast.kirihara.pk, "assign": "1"})
    assert done.status_code == 302 and done["Location"].endswith(
        f"/cases/{Inquiry.objects.get().case.number}/"
    )
    twice = client.post(f"/intake/quarantine/{held.pk}/", {"organization": cast.kirihara.pk, "assign": "1"})
    assert twice.status_code == 422 and "ほかの人がすでに処理しました" in twice.content.decode()
    assert Inquiry.objects.get().case.number in twice.content.decode() and Inquiry.objects.count() == 1


def test_refusals_and_the_other_acts(client, cast, held):
    client.force_login(cast.yamaguchi)
    url = f"/intake/quarantine/{held.pk}/"
    for post, sentence in (
        ({"assign": "1"}, "団体を選んでください。"),
        ({"assign": "1", "organization": cast.soseki.pk}, "団体を選んでください。"),
        ({"again": "1"}, "差出人が連絡先に登録されていません。"),
        ({"discard": "1", "reason": " "}, "対象外にする理由を入力してください。"),
    ):
        page = client.post(url, post)
        assert page.status_code == 422 and sentence in page.content.decode()
    contact(cast.kirihara, "new@x.example", "新人")
    assert client.post(url, {"again": "1"}).status_code == 302
    other = come(mails.mail(b"ad", id_="ad@x", sender=b"ad@x.example"))
    assert (
        client.post(f"/intake/quarantine/{other.pk}/", {"discard": "1", "reason": "広告"}).status_code == 302
    )
    assert not IncomingMail.objects.held().exists()


def test_what_a_machine_sent_is_taken_in_by_a_person(client, cast, known):  # noqa: F811
    """From a sender whom we know: held, its municipality chosen already, and an inquiry by one press."""
    row = come(mails.mail(b"paper jam", extra=b"Auto-Submitted: auto-generated", id_="mfp@k"))
    client.force_login(cast.yamaguchi)
    url = f"/intake/quarantine/{row.pk}/"
    assert "プログラムが自動で送った" in client.get("/intake/quarantine/").content.decode()
    page = client.get(url).content.decode()
    assert "paper jam" in page and f'value="{cast.kirihara.pk}" selected' in page
    refused = client.post(url, {"discard": "1", "reason": "", "organization": ""}).content.decode()
    assert "selected" not in refused
    done = client.post(url, {"assign": "1", "organization": cast.kirihara.pk}, follow=True)
    assert "に取り込みました" in done.content.decode() and "paper jam" in done.content.decode()
    assert Inquiry.objects.get().organization == cast.kirihara and not IncomingMail.objects.held().exists()


def test_what_cannot_be_read_is_shown(client, cast, known):  # noqa: F811
    row = mailroom.store(mails.parts(*[mails.TEXT_PART] * 300), at=at(9))
    client.force_login(cast.yamaguchi)
    page = client.get(f"/intake/quarantine/{row.pk}/")
    assert page.status_code == 200 and "部分が200を超えるメールです。" in page.content.decode()
    assert client.get(f"/intake/quarantine/{row.pk}/html/").status_code == 404


def test_a_browser_may_send_the_forms(cast, held):
    """Each form has its token: a client that checks it."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.yamaguchi)
    page = browser.get(f"/intake/quarantine/{held.pk}/").content.decode()
    forms = page.split('<aside aria-label="関連情報">')[1].split("</aside>")[0].split("<form")[1:]
    assert len(forms) == 3 and all('name="csrfmiddlewaretoken"' in form for form in forms)


def test_doors(client, cast, held):
    for who in ("ono", "sato", "morishita"):
        client.force_login(getattr(cast, who))
        assert client.get("/intake/quarantine/").status_code == 403
        for url in (f"/intake/quarantine/{held.pk}/", f"/intake/quarantine/{held.pk}/html/"):
            assert client.get(url).status_code == 404
    client.force_login(cast.kubo)
    assert client.get("/intake/quarantine/").status_code == 403
    client.force_login(cast.yamaguchi)
    assert client.get("/intake/quarantine/99999/").status_code == 404
    assert client.post("/intake/quarantine/").status_code == 405
    assert client.put(f"/intake/quarantine/{held.pk}/").status_code == 405
    assert client.post(f"/intake/quarantine/{held.pk}/html/").status_code == 405
