"""The commands of the reception: register, receive, answer; the inquiry stays in step with its case."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk import contacts, inbox
from helpdesk.keeping import catch_up
from helpdesk.models import Contact, Faq, Inquiry
from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import cases, progress
from tasks.models import Audience, Case, CommentKind
from tests.desk import Desk
from tests.make import at, duty


@pytest.fixture
def desk(cast, edition, holidays):
    return Desk(cast)


@pytest.fixture
def call(cast, desk):
    """A call that 山口 registers at 10:00; what is said replaces what is usual."""

    def register(**given):
        usual = {
            "channel": "phone", "title": "宛名がずれる", "text": "2行下にずれる", "received_at": at(9, 58),
            "caller": "柴田", "by": cast.yamaguchi, "team": cast.team["helpdesk"], "at": at(10),
        }  # fmt: skip
        desk.case = inbox.register(given.pop("organization", cast.kirihara), **{**usual, **given})
        return desk.case

    return register


def test_it_works(call, cast, desk):
    case = call(phone="0123-45-6712", original_number="F-12", token="a" * 32)
    assert (case.number, case.state, desk.open) == ("INQ-R8-0001", Case.State.OPEN, ["55"])
    assert case.reporter == cast.kirihara
    inquiry = case.inquiry
    assert (inquiry.channel, inquiry.caller, inquiry.organization) == ("phone", "柴田", cast.kirihara)
    assert (inquiry.received_at, inquiry.is_first_answer, inquiry.is_waiting) == (at(9, 58), False, True)
    assert call(token="a" * 32) == case and Case.objects.count() == 1
    assert Event.objects.filter(code="inquiry.received").count() == 1
    desk.close(55, "ogawa", kind="操作")
    inquiry.refresh_from_db()
    assert (inquiry.is_waiting, inquiry.answered_at, inquiry.category) == (False, at(), "操作")
    desk.close(56, "yamaguchi", history_recorded=True)
    assert desk.case.state == Case.State.CLOSED and not Faq.objects.exists()


def test_an_answer_taken_back_is_waited_for_again(call, cast, desk):
    inquiry = call().inquiry
    step = desk.close(55, "ogawa", kind="操作")
    step.refresh_from_db()
    progress.reopen(step, by=cast.ogawa, team=cast.team["package"], at=at(11), reason="誤り")
    inquiry.refresh_from_db()
    assert inquiry.is_waiting and inquiry.answered_at is None


def test_inquiries_from_before_the_app_get_their_row(call, cast, desk):
    call()
    desk.close(55, "ogawa", kind="操作")
    desk.close(56, "yamaguchi", history_recorded=True, faq_candidate="はい")
    Faq.objects.all().delete()
    Inquiry.objects.all().delete()
    assert (catch_up("default"), catch_up("default")) == (1, 0)
    inquiry = Inquiry.objects.get()
    assert (inquiry.channel, inquiry.is_waiting, inquiry.category) == ("phone", False, "操作")
    assert not Faq.objects.exists()


def test_a_first_answer_goes_to_56_and_proposes_a_faq(call, cast, desk):
    case = call(first_answer="改行位置を -2 にする")
    assert desk.open == ["56"]
    assert case.inquiry.answered_at == at(10) and not case.inquiry.is_waiting
    note = case.comments.get()
    assert (note.kind, note.audience, note.organization) == ("answer", Audience.MEMBER, cast.kirihara)
    desk.close(56, "yamaguchi", history_recorded=True, faq_candidate="はい")
    faq = Faq.objects.get()
    assert (faq.question, faq.answer, faq.is_published) == ("宛名がずれる", "改行位置を -2 にする", False)


def test_it_opens_or_joins_an_incident(call, cast):
    first = call(opens_incident=True)
    incident = first.linked.get().case
    assert (incident.kind, incident.reporter) == ("incident", cast.kirihara)
    second = call(organization=cast.mizuno, incident=incident, at=at(11))
    assert second.linked.get().case == incident
    assert {c.organization for c in incident.concerns.all()} == {cast.kirihara, cast.mizuno}
    assert Case.objects.filter(kind="incident").count() == 1


def test_refusals(call, cast):
    for field, given in {
        "caller": {"caller": ""}, "title": {"title": " "}, "content": {"text": ""},
        "channel": {"channel": "pigeon"}, "received_at": {"received_at": at(10, 1)},
    }.items():  # fmt: skip
        with pytest.raises(Refusal) as no:
            call(**given)
        assert field in no.value.errors, field
    with pytest.raises(PermissionDenied):
        call(by=cast.sato, team=cast.team["operations"])
    assert not Case.objects.exists() and not Inquiry.objects.exists()


def test_what_comes_by_itself_waits_at_54(cast, desk):
    contact = Contact(organization=cast.kirihara, name="柴田 直樹", department="税務課", email="S@k.test")
    contacts.keep(contact, by=cast.yamaguchi, at=at())
    desk.case = inbox.receive(
        cast.kirihara, channel="mail", title="質問", text="本文", received_at=at(8), by=None, at=at(),
        contact=contact,
    )  # fmt: skip
    inquiry = desk.case.inquiry
    assert (desk.open, inquiry.contact, inquiry.caller) == (["54"], contact, "柴田 直樹(税務課)")
    assert (inquiry.channel, inquiry.received_at, inquiry.is_first_answer) == ("mail", at(8), None)
    desk.close(54, "yamaguchi", **desk.step(54).answers, answered_at_once="いいえ")
    inquiry.refresh_from_db()
    assert (inquiry.is_first_answer, inquiry.channel, desk.open) == (False, "mail", ["55"])


def test_a_report_and_a_linked_case_have_an_inquiry_too(cast, desk):
    own = {"by": cast.ono, "team": cast.team["shiomi"], "at": at()}
    case = cases.report(duty(54), title="x", answers={"content": "y", "caller": "大野"}, **own)
    assert (case.inquiry.organization, case.inquiry.channel) == (cast.shiomi, "screen")
    desk.case = case
    cases.withdraw(case, by=cast.ono, at=at(), reason="解決した")
    assert not Inquiry.objects.waiting().exists()


def test_an_answer_is_for_who_asked(call, cast):
    inquiry = call().inquiry
    given = {"by": cast.ogawa, "team": cast.team["package"], "at": at(11)}
    note = inbox.answer(inquiry, "こうします", **given)
    assert (note.kind, note.audience) == (CommentKind.ANSWER, Audience.MEMBER)
    with pytest.raises(Refusal):
        inbox.answer(inquiry, "内緒", audience="internal", **given)
    with pytest.raises(PermissionDenied):
        inbox.answer(inquiry, "私が", by=cast.makino, team=cast.team["kirihara"], at=at(11))


def test_contacts_are_found_by_number_and_name(cast, edition):
    rows = [("柴田 直樹", "シバタ", "０１２３−４５−６７１２"), ("岡部 恵", "おかべ", "0124-33-6712")]
    for name, kana, phone in rows:
        row = Contact(organization=cast.kirihara, name=name, kana=kana, phone=phone, department="税務課")
        contacts.keep(row, by=cast.yamaguchi, at=at())
    found = {
        text: [c.name[:2] for c in Contact.objects.matching(text)]
        for text in ("0123", "6712", "0123-45", "671", "しばた", "税務課 岡部", "nobody", " ")
    }
    assert found == {
        "0123": ["柴田"], "6712": ["岡部", "柴田"], "0123-45": ["柴田"], "671": [], "しばた": ["柴田"],
        "税務課 岡部": ["岡部"], "nobody": [], " ": [],
    }  # fmt: skip
    with pytest.raises(Refusal):
        twice = Contact(organization=cast.kirihara, name="柴田 直樹", department="税務課", phone="0123456712")
        contacts.keep(twice, by=cast.yamaguchi, at=at())
    with pytest.raises(PermissionDenied):
        contacts.keep(Contact(organization=cast.kirihara, name="x"), by=cast.ono, at=at())
