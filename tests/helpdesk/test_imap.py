"""From the mailbox to the answer, with a real Dovecot and a real SMTP server on the loopback."""

import smtplib
from urllib.parse import quote

import imap_tools
import pytest
import time_machine

from helpdesk import imap, inbox, jobs, mailroom
from helpdesk.models import IncomingMail, Inquiry
from opsdesk.environment import mail_settings, mailbox_settings
from opsdesk.notices import relay
from opsdesk.notices.models import Delivery
from tests import servers
from tests.helpdesk import ca, mails
from tests.helpdesk.test_mailroom import contact
from tests.make import at
from tests.smtp import server

State = IncomingMail.State
DESK = "desk@ops.example"


@pytest.fixture(scope="module")
def dovecot():
    with servers.dovecot() as found:
        yield found


def url_of(address, where):
    return f"imap://{quote(address)}:secret@{where}"


@pytest.fixture
def desk(cast, edition, holidays, settings, dovecot):
    """A mailbox that is empty, a mail server, a contact; `desk(raw)` delivers."""
    where, lmtp, _imaps = dovecot
    contact(cast.kirihara, "shibata@kirihara.example", "柴田")
    settings.IMAP, settings.DESK_ADDRESS = mailbox_settings(url_of(DESK, where)), f"ヘルプデスク <{DESK}>"
    settings.DEFAULT_FROM_EMAIL = "ops@ops.example"
    with server() as post:
        settings.EMAIL_URL = post.url
        for name, value in mail_settings(post.url).items():
            setattr(settings, name, value)

        def deliver(*raws, to=DESK):
            with smtplib.LMTP("127.0.0.1", lmtp) as line:
                for raw in raws:
                    line.sendmail("x@kirihara.example", [to], raw)

        deliver.post, deliver.where = post, where
        for address in (DESK, "other@ops.example"):
            with box(desk_url(deliver, address)) as there:
                for folder in ("INBOX", imap.DONE):
                    if there.folder.exists(folder):
                        there.folder.set(folder)
                        there.delete(there.uids("ALL"))
        yield deliver


def desk_url(desk, address=DESK):
    return url_of(address, desk.where)


def box(url):
    place = mailbox_settings(url)
    return imap._connected(place).login(place["user"], place["password"], "INBOX")


def run(when=None):
    with time_machine.travel(when or at(10), tick=False):
        jobs.fetch()
        relay.relay(lambda: when or at(10))


def lying(desk, folder="INBOX"):
    with box(desk_url(desk)) as there:
        there.folder.set(folder)
        return len(there.uids("ALL"))


def test_every_charset_arrives_and_the_answer_finds_back(desk, cast):
    for n, (raw, _text) in enumerate(mails.CHARSETS.values()):
        address = f"p{n}@kirihara.example"
        contact(cast.kirihara, address, f"人{n}")
        raw = raw.replace(b"shibata@kirihara.example", address.encode(), 1).replace(
            b"<m1@", f"<c{n}@".encode()
        )
        desk(raw)
    run()
    read = {m.message_id: m.inquiry.case.steps.get().answers["content"] for m in IncomingMail.objects.all()}
    texts = [text for _raw, text in mails.CHARSETS.values()]
    assert [read[f"c{n}@kirihara.example"] for n in range(len(texts))] == texts
    assert (lying(desk), lying(desk, imap.DONE)) == (0, len(texts))
    assert len(desk.post.letters) == len(texts)  # a receipt each
    case = Inquiry.objects.order_by("pk").first()
    inbox.answer(case, "髙橋①です", by=cast.yamaguchi, team=cast.team["helpdesk"], at=at(11))
    run(at(11))
    letter = desk.post.letters[-1]
    assert letter["From"] == f"ヘルプデスク <{DESK}>" and letter.get_content().startswith("髙橋①です")
    assert (letter["In-Reply-To"], letter["Auto-Submitted"]) == ("<c0@kirihara.example>", "no")
    back = f"In-Reply-To: {letter['Message-ID']}".encode()
    desk(mails.mail(b"thanks", id_="back@k", sender=b"p0@kirihara.example", subject=b"Re: x", extra=back))
    run(at(12))
    assert IncomingMail.objects.get(message_id="back@k").comment.case == case.case


def test_the_same_mail_ten_times_is_one_inquiry(desk):
    desk(*[mails.mail(b"x")] * 10)
    run()
    assert Inquiry.objects.count() == 1 and lying(desk) == 0 and len(desk.post.letters) == 1


@pytest.mark.parametrize("place", ["before storing", "before moving", "before taking in", "while taking in"])
def test_killed_anywhere_it_is_neither_lost_nor_doubled(desk, place, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*args, **how):
        raise Killed

    desk(mails.mail(b"x"))
    with monkeypatch.context() as broken:
        target, name = {
            "before storing": (mailroom, "store"), "before moving": (imap_tools.BaseMailBox, "move"),
            "before taking in": (mailroom, "take_all"), "while taking in": (mailroom.replies, "acknowledge"),
        }[place]  # fmt: skip
        broken.setattr(target, name, killed)
        with pytest.raises(Killed):
            run()
        assert Inquiry.objects.count() == 0
    run()
    run()
    assert Inquiry.objects.count() == 1 and len(desk.post.letters) == 1 and lying(desk) == 0


def test_a_bad_one_never_blocks_and_a_dead_server_neither(desk, settings):
    place = settings.IMAP
    desk(b"\xff\xfe\0broken", mails.nested(50), mails.parts(*[mails.TEXT_PART] * 300), mails.mail(b"good"))
    mailroom.store(mails.mail(b"before", id_="before@k"), at=at(9))
    settings.IMAP = {**place, "port": servers.free_port()}
    run()  # nobody there: what is stored is taken in anyway
    assert Inquiry.objects.count() == 1
    settings.IMAP = {**place, "password": "wrong"}
    run()
    settings.IMAP = place
    run()
    assert Inquiry.objects.count() == 2 and not IncomingMail.objects.fresh().exists() and lying(desk) == 0
    assert IncomingMail.objects.filter(state=State.QUARANTINED).count() == 3


def test_what_the_server_refuses_to_move_stays_alone(desk, monkeypatch):
    desk(mails.mail(b"one", id_="one@k"), mails.mail(b"two", id_="two@k"))
    move, refused = imap_tools.BaseMailBox.move, []

    def moved(self, uids, folder):
        if not refused:
            refused.extend(uids)
            raise imap_tools.MailboxCopyError(("NO", [b"over quota"]), "OK")
        return move(self, uids, folder)

    monkeypatch.setattr(imap_tools.BaseMailBox, "move", moved)
    run()
    assert IncomingMail.objects.count() == 2 and lying(desk) == 1
    run()
    assert IncomingMail.objects.count() == Inquiry.objects.count() == 2 and lying(desk) == 0


def test_folders_with_a_prefix_and_tls_of_an_own_authority(
    cast, edition, holidays, settings, tmp_path, caplog
):
    """`INBOX.` stands before the names of folders; whom the system doesn't know is named by SSL_CERT_FILE."""
    contact(cast.kirihara, "shibata@kirihara.example", "柴田")
    authority, certificate = ca.made()
    (tmp_path / "ca.pem").write_text(authority)
    with servers.dovecot("INBOX.", ".", certificate) as there, pytest.MonkeyPatch.context() as environ:
        urls = (
            f"imaps://{quote(DESK)}:secret@localhost:{there.imaps}",
            f"imap+tls://{quote(DESK)}:secret@localhost:{there.where.partition(':')[2]}",
        )
        for n, url in enumerate(urls):
            settings.IMAP, settings.DESK_ADDRESS = mailbox_settings(url), DESK
            with smtplib.LMTP("127.0.0.1", there.lmtp) as line:
                line.sendmail("x@kirihara.example", [DESK], mails.mail(b"x", id_=f"{n}@k"))
            environ.delenv("SSL_CERT_FILE", raising=False)
            run(at(10, n))
            assert Inquiry.objects.count() == n and "CERTIFICATE_VERIFY_FAILED" in caplog.text
            caplog.clear()
            environ.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
            run(at(11, n))
            assert Inquiry.objects.count() == n + 1 and not caplog.records
            with box(url) as opened:
                assert opened.uids("ALL") == []
                opened.folder.set("INBOX.opsdesk")
                assert len(opened.uids("ALL")) == n + 1


def test_two_instances_answering_each_other_stop_after_three(desk, cast, settings):
    """Ours and one of the same kind, whose mails lose on the way what says that a machine wrote them."""
    other = "other@ops.example"
    contact(cast.kirihara, other, "別の窓口")
    contact(cast.mizuno, DESK, "この窓口")
    desk(mails.mail(b"hello", sender=other.encode(), id_="first@other"))
    sent = 1
    for turn in range(8):
        here, there = (DESK, other) if turn % 2 == 0 else (other, DESK)
        settings.IMAP, settings.DESK_ADDRESS = mailbox_settings(desk_url(desk, here)), here
        before = len(desk.post.letters)
        run(at(10, turn))
        for letter in desk.post.letters[before:]:
            del letter["Auto-Submitted"], letter["X-Auto-Response-Suppress"]
            desk(letter.as_bytes(), to=there)
            sent += 1
    assert sent <= 3
    assert not Delivery.objects.waiting().exists()
