"""The outbox and its relay, with a real mail server: what was written with a command is sent when due."""

import random
import smtplib
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connections, transaction

from opsdesk.calendar.days import Calendar
from opsdesk.lib.refusal import Refusal
from opsdesk.notices import jobs, relay, sending
from opsdesk.notices.letters import message_id
from opsdesk.notices.models import Delivery, Notice, Setting
from opsdesk.notices.outbox import tell
from opsdesk.notices.words import Telling, _tellings
from tests.make import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def said(monkeypatch):
    monkeypatch.setitem(
        _tellings, "x", Telling("試験", lambda data: data["text"], lambda pk, data: f"/x/{pk}/")
    )
    monkeypatch.setitem(_tellings, "x.digest", Telling("試験", lambda data: "まとめ", is_digest=True))


def word(cast, *people, key="k", when=None, text="回線が 切れました", code="x", is_urgent=False):
    with transaction.atomic():
        tell(
            code, [getattr(cast, p).pk for p in people], obj=cast.union, at=when or at(9), key=key,
            data={"text": text}, is_urgent=is_urgent,
        )  # fmt: skip


def run(when):
    return relay.relay(lambda: when, random.Random(1))


def states():
    return sorted(Delivery.objects.values_list("state", "attempts"))


def test_it_works(cast, post):
    word(cast, "sato", "ono", text="髙橋さん ①\n二行目")
    assert Notice.objects.count() == 2 and Delivery.objects.waiting().count() == 2
    assert run(at(9)).sent == 2
    letter = next(x for x in post.letters if x["To"] == "sato@example.test")
    assert letter["Subject"] == "[opsdesk] 髙橋さん ① 二行目"
    assert letter["From"] == "運用管理 <ops@example.jp>"
    assert (
        letter["Message-ID"] == message_id(f"k/{cast.sato.pk}")
        and letter["Auto-Submitted"] == "auto-generated"
    )
    lines = letter.get_content().splitlines()
    assert lines[:2] == ["髙橋さん ①", "二行目"] and f"https://ops.example.jp/x/{cast.union.pk}/" in lines
    assert states() == [("sent", 1)] * 2
    assert run(at(9, 1)).sent == 0 and len(post.letters) == 2


def test_told_twice_is_one(cast, post):
    word(cast, "sato", "sato")
    word(cast, "sato", "ono")
    assert Notice.objects.count() == Delivery.objects.count() == 2
    run(at(9))
    word(cast, "sato")
    assert run(at(9)).sent == 0


def test_nothing_of_a_rolled_back_transaction(cast, post):
    with pytest.raises(Refusal), transaction.atomic():
        tell("x", [cast.sato.pk], obj=cast.union, at=at(9), key="k", data={"text": "x"})
        raise Refusal("no")
    assert not Notice.objects.exists() and run(at(9)).sent == 0 and not post.letters


def test_without_a_mail_server_only_the_bell(cast):
    word(cast, "sato")
    assert Notice.objects.count() == 1 and not Delivery.objects.exists()
    assert run(at(9)).sent == 0


def test_who_wants_what(cast, post):
    for name, mail in (("sato", "none"), ("ono", "digest")):
        sending.choose_mail(getattr(cast, name), mail=mail, by=getattr(cast, name), at=at(8))
    cast.makino.email = ""
    cast.makino.save(update_fields=["email"])
    people = ("sato", "ono", "makino", "ogawa")
    word(cast, *people)
    word(cast, *people, key="u", is_urgent=True)
    word(cast, *people, key="d", code="x.digest")
    assert Notice.objects.count() == 12
    wanted = {p: set() for p in people}
    for key, login in Delivery.objects.values_list("key", "person__login"):
        wanted[login].add(key.split("/")[0])
    assert wanted == {"sato": set(), "ono": {"u", "d"}, "makino": set(), "ogawa": {"k", "u", "d"}}
    with pytest.raises(Refusal):
        sending.choose_mail(cast.sato, mail="x", by=cast.sato, at=at(8))
    assert Setting.objects.get(person=cast.sato).mail == "none"


def test_outside_opening_hours_only_what_is_urgent(cast, post, holidays):
    evening = at(17, 15)
    word(cast, "sato", when=evening)
    word(cast, "ono", when=evening, key="u", is_urgent=True)
    assert set(Delivery.objects.values_list("next_at", flat=True)) == {evening, at(8, 30) + timedelta(1)}
    assert run(evening).sent == 1 and post.letters[0]["To"] == "ono@example.test"
    assert "[opsdesk] 至急: " in post.letters[0]["Subject"]
    Delivery.objects.waiting().update(next_at=at(9))  # due in hours, but the relay was down until the evening
    assert run(at(22)).sent == 0
    assert run(at(8, 30) + timedelta(1)).sent == 1


@pytest.mark.parametrize("fault", ["refused", "later", "silent", "dropped"])
def test_what_fails_is_tried_again_or_is_dead(cast, post, settings, fault):
    word(cast, "sato")
    if fault == "refused":
        post.answer = lambda address: "550 nobody here"
    if fault == "later":
        post.answer = lambda address: "451 come back"
    if fault == "dropped":
        post.after_data = "drop"
    if fault == "silent":
        settings.EMAIL_PORT = 1
    report = run(at(9))
    row = Delivery.objects.get()
    assert (report.sent, report.dead, report.failed) == ((0, 1, 0) if fault == "refused" else (0, 0, 1))
    assert row.state == ("dead" if fault == "refused" else "waiting") and row.leased_until is None
    words = {"refused": "宛先が断られました（550 nobody here）", "later": "451 come back"}
    assert words.get(fault, "メールサーバにつながりません") in row.last_error
    if fault == "refused":
        return
    assert at(9, 0) + timedelta(seconds=45) <= row.next_at <= at(9, 1) + timedelta(seconds=15)
    post.answer, post.after_data, settings.EMAIL_PORT = lambda address: "", "250 taken", post.port
    assert run(at(9)).sent == 0
    assert run(row.next_at).sent == 1
    assert set(post.ids) == {message_id(row.key)}


def test_an_unreachable_server_stops_the_run_and_one_bad_address_does_not(cast, post, settings):
    word(cast, "sato", "ono", "makino")
    settings.EMAIL_PORT = 1
    assert run(at(9)).failed == 1
    assert states() == [("waiting", 0), ("waiting", 0), ("waiting", 1)]
    settings.EMAIL_PORT = post.port
    post.answer = lambda address: "550 gone" if address.startswith("ono") else ""
    report = run(at(9, 5))
    assert (report.sent, report.dead) == (2, 1)


def test_the_last_try_is_the_last(cast, post, settings):
    word(cast, "sato", is_urgent=True)
    settings.EMAIL_PORT = 1
    now, waits = at(9), []
    while (row := Delivery.objects.get()).state == Delivery.State.WAITING:
        waits.append(row.next_at - now)
        now = max(now, row.next_at)
        run(now)
    assert row.attempts == relay.TRIES == len(waits)
    assert timedelta(hours=12) < now - at(9) < timedelta(hours=26)
    assert all(a < b for a, b in zip(waits[1:9], waits[2:10], strict=True))  # ever longer


@pytest.mark.parametrize(
    ("error", "final", "of_server"),
    [
        (smtplib.SMTPRecipientsRefused({"x": (550, b"no")}), True, False),
        (smtplib.SMTPRecipientsRefused({"x": (450, b"no")}), False, False),
        (smtplib.SMTPDataError(554, b"spam"), True, False),
        (smtplib.SMTPDataError(452, b"full"), False, False),
        (smtplib.SMTPAuthenticationError(535, b"no"), False, True),
        (smtplib.SMTPSenderRefused(550, b"no", "x"), False, True),
        (ConnectionRefusedError(111, "refused"), False, True),
        (ValueError("header"), True, False),
    ],
)
def test_whose_fault_it_is(error, final, of_server):
    assert (relay.is_final(error), relay.is_of_server(error)) == (final, of_server)
    assert relay.in_words(error).endswith("）。")


def test_a_relay_that_died_is_followed_by_the_next_with_the_same_id(cast, post):
    word(cast, "sato")
    assert relay.lease(Delivery.objects.get().pk, at(9)) is not None
    assert relay.lease(Delivery.objects.get().pk, at(9)) is None
    assert run(at(9, 4)).sent == 0
    assert run(at(9, 6)).sent == 1
    assert states() == [("sent", 2)]


def test_a_late_failure_does_not_undo_what_another_sent(cast, post):
    word(cast, "sato")
    slow = relay.lease(Delivery.objects.get().pk, at(9))
    assert run(at(9, 6)).sent == 1
    report = relay.Report()
    relay._failed(slow, OSError("x"), at(9, 7), Calendar(), random.Random(), report)
    assert states() == [("sent", 2)] and report.failed == 0


def test_dead_letters_are_sent_again(cast, post):
    word(cast, "sato", "ono")
    post.answer = lambda address: "550 gone"
    run(at(9))
    post.answer = lambda address: ""
    first = Delivery.objects.get(person=cast.sato)
    assert sending.send_again([first.pk], by=cast.kubo, at=at(10)) == 1
    assert run(at(10)).sent == 1 and post.ids == [message_id(first.key)]
    assert sending.send_again(None, by=cast.kubo, at=at(10)) == 1
    with pytest.raises(Refusal):
        sending.send_again(None, by=cast.kubo, at=at(10))


def test_the_job(cast, post):
    word(cast, "sato")
    with time_machine.travel(at(9), tick=False):
        jobs.relay()
    assert len(post.letters) == 1


def test_few_statements(cast, post, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        run(at(9))
    with django_assert_max_num_queries(6):  # two of them the savepoint
        word(cast, "sato", "ono", "makino", "ogawa", key="b")


@pytest.mark.django_db(transaction=True)
def test_two_relays_at_once_send_each_once(cast, post):
    with pytest.raises(RuntimeError):  # outside a transaction
        tell("x", [cast.sato.pk], obj=cast.union, at=at(9), key="k", data={"text": "x"})
    for number in range(10):
        word(cast, "sato", "ono", key=f"k{number}")
    faults = []

    def work():
        try:
            run(at(9))
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(post.ids) == len(set(post.ids)) == 20
    assert states() == [("sent", 1)] * 20
