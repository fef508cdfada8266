"""Mails as people get them, read: charsets, words, names of files, broken and wicked ones."""

import time

import pytest

from helpdesk import letters
from tests.helpdesk import mails


@pytest.mark.parametrize("name", mails.CHARSETS)
def test_every_charset_is_readable(name):
    raw, text = mails.CHARSETS[name]
    assert letters.read(raw).text == text


@pytest.mark.parametrize("name", mails.SUBJECTS)
def test_every_subject_is_readable(name):
    subject, text = mails.SUBJECTS[name]
    assert letters.read(mails.mail(subject=subject)).subject == text


@pytest.mark.parametrize("name", mails.NAMES)
def test_every_name_of_a_file_is_readable(name):
    line, text = mails.NAMES[name]
    letter = letters.read(mails.parts(mails.TEXT_PART, mails.file_part(line)))
    assert [f.content for f in letter.files] == [mails.PNG]
    assert letter.text == mails.PLAIN
    assert text is None or letter.files[0].name == text


def test_who_and_what_it_answers():
    name = mails.word("柴田 恵".encode("iso2022_jp"), "iso-2022-jp")
    extra = b"In-Reply-To: <c@x>\r\nReferences: <a@x>\r\n\t<b@x> junk <c@x>\r\nAuto-Submitted: auto-replied"
    letter = letters.read(mails.mail(sender=name + b" <Shibata@Kirihara.Example>", extra=extra))
    assert (letter.sender, letter.sender_name) == ("shibata@kirihara.example", "柴田 恵")
    assert (letter.message_id, letter.references) == ("m1@kirihara.example", ("a@x", "b@x", "c@x"))
    assert letter.manners == {"Auto-Submitted": "auto-replied"}
    for sender in (b"undisclosed", b"", b"((((" * 500, b"a@b@c", b'"x'):
        assert letters.read(mails.mail(sender=sender)).sender in ("", "a@b", "b@c")


@pytest.mark.parametrize(
    "sender", [b"<shi\x00bata@kirihara.example>", b"\x00\x7f <\x01shibata@kirihara.example>"]
)
def test_no_address_has_characters_that_break_what_keeps_it(sender):
    assert letters.read(mails.mail(sender=sender)).sender == "shibata@kirihara.example"


def test_html_is_read_as_words_and_made_safe():
    html = b'<style>p{}</style><p onclick=x>A &amp; B</p><img src="https://x/y"><script>bad()</script>C<br>D'
    letter = letters.read(mails.mail(html, kind="text/html"))
    assert letter.text == "A & B\nC\nD"
    evil = (
        letter.html
        + '<a href="javascript:x">a</a><a href="https://x/">b</a><iframe src=x></iframe><div style="x">'
    )
    shown = letters.safe(evil)
    for word in ("script", "style", "img", "onclick", "iframe", "javascript"):
        assert word not in shown
    assert 'href="https://x/"' in shown


def test_a_mail_in_a_mail_is_read():
    inner = b"Content-Type: message/rfc822\r\n\r\n" + mails.mail(mails.BODY.encode(), subject="帳票".encode())
    letter = letters.read(mails.parts(mails.TEXT_PART, inner))
    assert letter.text == f"{mails.PLAIN}\n\n---- 転送されたメール 帳票\n{mails.BODY}"


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "中身のないメールです。"),
        (mails.parts(*[mails.TEXT_PART] * 1000), "部分が200を超えるメールです。"),
        (mails.nested(12), "入れ子が深すぎるメールです。"),
        (mails.nested(3000), "入れ子が深すぎるメールです。"),
        (b"x" * (25 * 2**20 + 1), "25MBを超えるメールです。"),
    ],
)
def test_what_is_refused(raw, sentence):
    with pytest.raises(letters.Unreadable) as no:
        letters.read(raw)
    assert str(no.value) == sentence


def test_nothing_but_unreadable_is_raised_and_soon():
    slowest = 0.0
    for raw in mails.mutated(200):
        start = time.perf_counter()
        try:
            letter = letters.read(raw)
        except letters.Unreadable:
            continue
        finally:
            slowest = max(slowest, time.perf_counter() - start)
        for text in (
            letter.subject,
            letter.text,
            letter.sender,
            letter.sender_name,
            letters.safe(letter.html),
        ):
            assert "\0" not in text
            text.encode()
    assert slowest < 5
