"""What becomes of a mail: an inquiry, a note, or something that waits for a person; by nobody and by hand."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk import inbox, mailroom, manners
from helpdesk.models import Contact, IncomingMail, Inquiry, SentMail
from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from opsdesk.notices.models import Delivery
from tasks.models import Audience, Case, CaseLink, Comment
from tests.desk import Desk
from tests.helpdesk import mails
from tests.make import at

State = IncomingMail.State
BY_PROGRAM = "プログラムが自動で送ったメールです（不在の返信や機器からの知らせかもしれません）。"


@pytest.fixture
def known(cast, edition, holidays, settings):
    """柴田 of 桐原市 is a contact; the desk sends and receives mail."""
    settings.EMAIL_URL, settings.DESK_ADDRESS = "smtp://127.0.0.1:1", "ヘルプデスク <desk@ops.example>"
    settings.DEFAULT_FROM_EMAIL = "ops@ops.example"
    return contact(cast.kirihara, "shibata@kirihara.example", "柴田")


def contact(town, address, name):
    row = Contact(organization=town, name=name, email=address)
    row.derive()
    row.save()
    return row


def come(raw, when=None):
    """It is stored and taken in; its row, None if it was there already."""
    row = mailroom.store(raw, at=when or at(10))
    mailroom.take_all(lambda: when or at(10))
    if row is not None:
        row.refresh_from_db()
    return row


def told(row):
    return row.state, row.reason


def test_a_mail_is_an_inquiry(known, cast):
    raw = mails.parts(mails.TEXT_PART, mails.file_part(b'filename="a.png"'), id_="a1@k")
    row = come(raw)
    assert told(row) == (State.TAKEN, "")
    case = row.inquiry.case
    assert (case.number, case.title, case.reporter) == ("INQ-R8-0001", "parts", cast.kirihara)
    assert (row.inquiry.channel, row.inquiry.contact, row.inquiry.is_waiting) == ("mail", known, True)
    step = case.steps.get()
    assert step.is_open and step.answers["content"] == mails.PLAIN and step.answers["channel"] == "メール"
    file = case.attachments.get()
    assert (file.name, file.by, file.audience, file.organization) == ("a.png", None, "member", cast.kirihara)
    receipt = Delivery.objects.get(code="inquiry.receipt")
    assert receipt.address == "shibata@kirihara.example" and case.number in receipt.subject + receipt.body
    assert receipt.headers["Auto-Submitted"] == "auto-replied"
    assert receipt.headers["In-Reply-To"] == "<a1@k>" and SentMail.objects.get().case == case
    assert Event.objects.filter(code="mail.taken", stream="kirihara").count() == 1


def test_ten_times_is_once(known):
    for n in range(10):
        come(f"Received: by host{n}\r\n".encode() + mails.mail(b"x"))
        come(f"Received: by host{n}\r\n".encode() + mails.mail(b"y", id_=""))
    assert Inquiry.objects.count() == IncomingMail.objects.count() == 2
    assert Delivery.objects.filter(code="inquiry.receipt").count() == 2
    other = come(mails.mail(b"something else"))  # the same Message-ID
    assert told(other) == (State.QUARANTINED, "同じMessage-IDで内容の違うメールがあります。")
    assert come(mails.mail(b"something else")) is None


def test_an_answer_finds_back(known, cast):
    case = come(mails.mail(mails.BODY.encode(), id_="q@k", subject="帳票".encode())).inquiry.case
    desk = Desk(cast, case)
    inbox.answer(case.inquiry, "直しました", by=cast.yamaguchi, team=cast.team["helpdesk"], at=at(11))
    sent = Delivery.objects.get(code="inquiry.answer")
    assert sent.subject == "Re: [INQ-R8-0001] 帳票" and sent.body.startswith("直しました\n\n> 窓口")
    assert sent.headers["References"] == "<q@k>" and sent.headers["Auto-Submitted"] == "no"
    ours = SentMail.objects.get(is_automatic=False).message_id
    reply = mails.mail(b"thanks", id_="r@k", subject=b"Re: whatever", extra=f"In-Reply-To: <{ours}>".encode())
    row = come(reply, at(12))
    assert row.inquiry.case == case and row.comment.text == "thanks" and row.comment.by is None
    assert (row.comment.audience, row.comment.organization) == (Audience.MEMBER, cast.kirihara)
    assert Delivery.objects.filter(code__startswith="inquiry.").count() == 2  # no receipt for a note
    by_number = come(mails.mail(b"more", id_="n@k", subject="Re: [ＩＮＱ-R8-0001] x".encode()), at(12, 5))
    assert by_number.inquiry.case == case
    desk.close(54, "yamaguchi", answered_at_once="はい")
    desk.close(56, "yamaguchi", history_recorded=True)
    after = come(mails.mail(b"again", id_="s@k", subject=b"Re: x", extra=b"References: <q@k>"), at(13))
    assert CaseLink.objects.filter(case=after.inquiry.case, source=case).exists()
    assert Case.objects.count() == 2


def test_a_stranger_does_not_write_into_another_towns_case(known, cast):
    case = come(mails.mail(b"x", id_="q@k")).inquiry.case
    contact(cast.mizuno, "mori@mizuno.example", "森")
    for n, (subject, extra) in enumerate(((b"[INQ-R8-0001]", b""), (b"x", b"References: <q@k>"))):
        row = come(
            mails.mail(b"?", sender=b"mori@mizuno.example", id_=f"m{n}@m", subject=subject, extra=extra)
        )
        assert row.inquiry.case != case and row.organization == cast.mizuno
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"sender": b"who@nowhere.example"}, "差出人が連絡先に登録されていません。"),
        ({"sender": b"twice@x.example"}, "差出人がいくつかの団体の連絡先に登録されています。"),
        ({"sender": b"vendor@x.example"}, "構成団体ではないので、取り込めません。"),
        ({"sender": b"-"}, "差出人が連絡先に登録されていません。"),
        ({"extra": b"Auto-Submitted: auto-replied (vacation)"}, BY_PROGRAM),
        ({"extra": b"Precedence: Bulk"}, "一斉に送られた"),
        ({"extra": b"List-Id: <x.example>"}, "一斉に送られた"),
        ({"extra": b"Return-Path: <>"}, "自動で送ったメール"),
        ({"sender": b"MAILER-DAEMON@kirihara.example"}, "連絡先に登録されていません。"),
    ],
)  # fmt: skip
def test_what_waits_for_a_person(known, cast, how, reason):
    contact(cast.kirihara, "twice@x.example", "二")
    contact(cast.mizuno, "twice@x.example", "二")
    contact(cast.soseki, "vendor@x.example", "業者")
    row = come(mails.mail(b"x", **how))
    assert row.state == State.QUARANTINED and reason in row.reason
    assert not Inquiry.objects.exists() and not Delivery.objects.filter(code="inquiry.receipt").exists()


def test_an_automatic_reply_is_noted_and_never_answered(known):
    case = come(mails.mail(b"x", id_="q@k")).inquiry.case
    away = b"In-Reply-To: <q@k>\r\nAuto-Submitted: auto-replied"
    row = come(mails.mail(b"I am away", id_="v@k", extra=away))
    assert row.comment.case == case and Delivery.objects.filter(code__startswith="inquiry.").count() == 1


def test_an_automatic_reply_to_a_closed_inquiry_begins_no_new_one(known, cast):
    """The answer that closes an inquiry is what a machine of somebody who is away replies to."""
    case = come(mails.mail(b"x", id_="q@k")).inquiry.case
    desk = Desk(cast, case)
    desk.close(54, "yamaguchi", answered_at_once="はい")
    desk.close(56, "yamaguchi", history_recorded=True)
    away = b"In-Reply-To: <q@k>\r\nAuto-Submitted: auto-replied"
    row = come(mails.mail(b"I am away", id_="v@k", extra=away), at(12))
    assert told(row) == (State.QUARANTINED, BY_PROGRAM)
    assert Inquiry.objects.count() == 1


def test_our_own_letter_is_ignored(known):
    assert told(come(mails.mail(sender=b"Desk@ops.example"))) == (State.IGNORED, "自分が送ったメールです。")


def test_too_many_of_one_wait(known):
    for n in range(manners.MOST_AN_HOUR):
        assert come(mails.mail(b"x", id_=f"{n}@k")).state == State.TAKEN
    assert told(come(mails.mail(b"x", id_="more@k"))) == (
        State.QUARANTINED,
        "1時間に20通を超えて届いています。",
    )
    assert come(mails.mail(b"x", id_="later@k"), at(10) + timedelta(hours=2)).state == State.TAKEN


def test_by_hand(known, cast):
    row = come(mails.mail(b"x", sender=b"new@kirihara.example"))
    for who in ("ono", "sato", "morishita"):
        with pytest.raises(PermissionDenied):
            mailroom.assign(row, cast.kirihara, by=getattr(cast, who), at=at(11))
    with pytest.raises(Refusal):
        mailroom.assign(row, None, by=cast.yamaguchi, at=at(11))
    case = mailroom.assign(row, cast.kirihara, by=cast.yamaguchi, at=at(11))
    assert case.reporter == cast.kirihara and case.raised_by == cast.yamaguchi
    for again in (mailroom.assign, mailroom.discard):
        with pytest.raises(Refusal) as no:
            again(row, **({"reason": "x"} if again is mailroom.discard else {"organization": cast.kirihara}),
                  by=cast.yamaguchi, at=at(11))  # fmt: skip
        assert "ほかの人" in str(no.value)
    other = come(mails.mail(b"y", id_="y@k", sender=b"spam@x.example"))
    with pytest.raises(Refusal) as no:
        mailroom.discard(other, by=cast.yamaguchi, at=at(11), reason=" ")
    assert "reason" in no.value.errors
    assert told(mailroom.discard(other, by=cast.yamaguchi, at=at(11), reason="広告")) == (
        State.IGNORED,
        "広告",
    )


def test_a_file_that_cannot_be_kept_is_named(known):
    part = mails.file_part(b'filename="setup.exe"', content=b"MZ\x90\0" * 50, kind="application/x-msdownload")
    row = come(mails.parts(mails.TEXT_PART, part))
    assert row.state == State.TAKEN and not row.inquiry.case.attachments.exists()
    assert "setup.exe" in row.inquiry.case.comments.get().text


def test_a_mail_that_kills_is_set_aside(known, monkeypatch):
    def killed(*args, **how):
        raise KeyboardInterrupt

    row = mailroom.store(mails.mail(b"x"), at=at(10))
    with monkeypatch.context() as broken:
        broken.setattr(mailroom, "take_in", killed)
        for _ in range(mailroom.TRIES):
            with pytest.raises(KeyboardInterrupt):
                mailroom.take_one(row.pk, at=at(10))
    mailroom.take_one(row.pk, at=at(10))
    row.refresh_from_db()
    assert told(row) == (State.QUARANTINED, "取り込みが3回途中で止まりました。")


def test_mutated_mails_end_somewhere(known):
    for raw in mails.mutated(200, seed=7):
        come(raw)
    assert not IncomingMail.objects.fresh().exists()
    wrong = IncomingMail.objects.filter(reason__contains="取り込めませんでした")
    assert not list(wrong.values_list("reason", flat=True))
    assert IncomingMail.objects.filter(state=State.TAKEN).exists()


def test_a_mail_with_null_bytes_everywhere_is_kept(known):
    """PostgreSQL has no text with one: it would have stood in the way of all mails after it."""
    raw = mails.mail(
        sender=b"a\x00b <shi\x00bata@kirihara.example>", subject=b"\x00help", extra=b"X-Loop: \x00y"
    )
    row = mailroom.store(raw.replace(b"\r\n\r\n", b"\r\n\r\n\x00", 1), at=at(10))
    assert (row.sender, row.subject) == ("shibata@kirihara.example", "help")
    mailroom.take_all(lambda: at(10))
    assert not IncomingMail.objects.fresh().exists()
