"""Commands of the reception: register an inquiry, take in what came by itself, answer.

All of it goes through the engine of cases: `tasks` raises, closes and keeps the notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from tasks import casenotes, cases, evidence
from tasks.caseflow import stream_of
from tasks.following import NOTHING, Following
from tasks.linking import once_a_form
from tasks.models import Audience, Case, Comment, CommentKind, Task
from tasks.raising import TITLE_LIMIT
from tasks.reporting import start_of

from . import replies
from .models import Channel, Contact, Faq, Inquiry
from .reception import INCIDENT, NO, RECEIVING, YES, receiving


@once_a_form
@command
def register(
    organization: Organization,
    *,
    channel: str,
    title: str,
    text: str,
    received_at: datetime,
    by: Any,
    team: Team,
    at: datetime,
    contact: Contact | None = None,
    caller: str = "",
    phone: str = "",
    first_answer: str | None = None,
    faq: Faq | None = None,
    original_number: str = "",
    files: Sequence[Any] = (),
    sources: Sequence[Case | Task] = (),
    opens_incident: bool = False,
    incident: Case | None = None,
    token: str = "",
) -> Case:
    """登録する: 54 raised and closed in one act for `team`, which has ◎ on it; its number is the answer.

    `channel`: a value of Channel. Who calls is `contact` or the name `caller`. `first_answer`: what was
    answered at once (一次回答で完結, may be ""), None: it goes on to 55. `opens_incident`: also a linked
    incident, `incident`: an open one that this call joins instead. The same `token` twice is one case.
    Raises Refusal (errors by field of 54: channel, organization, caller, subject, content) and
    PermissionDenied.
    """
    duty = _receiving(at)
    _refuse_later(received_at, at)
    who = caller or (str(contact) if contact else "")
    answers = {**_answers(channel, organization, who, title, text), "answered_at_once": _once(first_answer)}
    links = {INCIDENT: incident} if opens_incident or incident else {}
    case = cases.raise_case(
        duty, by=by, team=team, at=at, title=title, concerns=[organization], answers=answers, sources=sources,
        following=Following(links=links) if links else NOTHING, token=token,
    )  # fmt: skip
    inquiry = Inquiry.objects.select_related("case").get(case=case)
    _know(inquiry, contact=contact, phone=phone, received_at=received_at, faq=faq, original=original_number)
    for file in files:
        evidence.attach(case.steps.get(key=RECEIVING), by=by, team=team, at=at, file=file)
    if first_answer and first_answer.strip():
        answer(inquiry, first_answer, by=by, team=team, at=at)
    _record(inquiry, by=by, team=team, at=at)
    case.refresh_from_db()
    return case


@command
def receive(
    organization: Organization,
    *,
    channel: str,
    title: str,
    text: str,
    received_at: datetime,
    by: Any,
    at: datetime,
    contact: Contact | None = None,
    caller: str = "",
    sources: Sequence[Case] = (),
) -> Case:
    """What came by itself, as a mail does: 54 is open for who receives inquiries; `by` None is the system.

    Raises Refusal as register."""
    duty, day = _receiving(at), timezone.localdate(at)
    team = Team.objects.on(day).filter(organization=organization).first()
    if team is None:
        raise Refusal(_("%(town)s の担当がありません。") % {"town": organization})
    who = caller or (str(contact) if contact else "")
    answers = _answers(channel, organization, who, title, text)
    case = cases.take_in(duty, by=by, team=team, at=at, title=title, answers=answers, sources=sources)
    inquiry = Inquiry.objects.select_related("case").get(case=case)
    _know(inquiry, contact=contact, phone="", received_at=received_at, faq=None, original="")
    _record(inquiry, by=by, team=None, at=at)
    return case


@command
def answer(
    inquiry: Inquiry,
    text: str,
    *,
    by: Any,
    team: Team,
    at: datetime,
    audience: str = "",
    files: Sequence[Any] = (),
) -> Comment:
    """回答 to 依頼元: a note of the case that its municipality reads (団体限り), unless `audience` says more.

    Who asked by mail gets it by mail, too.
    By the vendors and the union; closing 55 is another act. Raises Refusal (errors `text`, `audience`)."""
    if team.role.kind == Organization.Kind.MEMBER:
        raise PermissionDenied(_("回答するのは、委託ベンダと広域組合です。"))
    if audience == Audience.INTERNAL:
        sentence = _("回答は依頼元が読みます。内部の記録は「経過」に書いてください。")
        raise Refusal(sentence, errors={"audience": sentence})
    note = casenotes.note(
        inquiry.case, by=by, team=team, at=at, text=text, kind=CommentKind.ANSWER,
        audience=audience or Audience.MEMBER, files=files,
    )  # fmt: skip
    replies.send(inquiry, note, at=at)
    return note


@command
def ask_again(inquiry: Inquiry, text: str, *, by: Any, team: Team, at: datetime) -> Case:
    """A question of 依頼元 after the end: a new inquiry that has this one as its source.

    Raises Refusal while the first is open, and for an empty text (errors `content`)."""
    case = inquiry.case
    if case.is_open:
        raise Refusal(_("%(number)s は対応中です。記録に書き込んでください。") % {"number": case.number})
    if team.organization_id != case.reporter_id:
        raise PermissionDenied(_("もう一度たずねられるのは、依頼元だけです。"))
    duty = _receiving(at)
    known = start_of(duty, team, by, None, timezone.localdate(at))["answers"]
    return cases.report(
        duty, by=by, team=team, at=at, title=_again(case.title), answers={**known, "content": text},
        concerns=[team.organization], sources=[case],
    )  # fmt: skip


def _again(title: str) -> str:
    """件名（続き）, also of one that is long or was asked again before."""
    tail = _("（続き）")
    return title if title.endswith(tail) else title[: TITLE_LIMIT - len(tail)] + tail


def _receiving(at: datetime) -> Any:
    duty = receiving(timezone.localdate(at))
    if duty is None:
        raise Refusal(_("いまの版の分担表に、問合せを受け付ける業務がありません。"))
    return duty


def _refuse_later(received_at: datetime, at: datetime) -> None:
    if received_at > at:
        sentence = _("受付時刻に先の時刻は入力できません。")
        raise Refusal(sentence, errors={"received_at": sentence})


def _answers(channel: str, organization: Organization, who: str, title: str, text: str) -> dict[str, Any]:
    """The answers of 54, by its field keys."""
    label = str(Channel(channel).label) if channel in Channel.values else ""
    return {
        "channel": label, "organization": organization.code, "caller": who, "subject": title, "content": text,
    }  # fmt: skip


def _once(first_answer: str | None) -> str:
    return NO if first_answer is None else YES


def _know(
    inquiry: Inquiry,
    *,
    contact: Contact | None,
    phone: str,
    received_at: datetime,
    faq: Faq | None,
    original: str,
) -> None:
    """What 54 has no field for."""
    inquiry.contact, inquiry.phone, inquiry.received_at = contact, phone[:40], received_at
    inquiry.faq, inquiry.original_number = faq, original[:40]
    inquiry.save(update_fields=["contact", "phone", "received_at", "faq", "original_number"])


def _record(inquiry: Inquiry, *, by: Any, team: Team | None, at: datetime) -> None:
    case = inquiry.case
    record(
        "inquiry.received", case, by=by, team=team, at=at, stream=stream_of(case),
        channel=str(inquiry.get_channel_display()), caller=inquiry.caller, original=inquiry.original_number,
    )  # fmt: skip
