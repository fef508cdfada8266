"""Commands on mails that came: store, take in as an inquiry or a note, set aside, discard.

A mail is stored first, alone; what becomes of it is another transaction. So nothing is lost or doubled
wherever it stops, and a mail that can't be taken in never stands in the way of the next one."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts import streams
from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from tasks import posting
from tasks.models import Case
from tasks.raising import TITLE_LIMIT

from . import headers, inbox, letters, manners, replies
from .letters import Letter, Unreadable
from .models import Channel, Contact, IncomingMail, Inquiry
from .reception import receives
from .threads import case_of, contacts_of, own_addresses

log = logging.getLogger(__name__)
State = IncomingMail.State
#: Mails of one run; how often one may be begun.
BATCH, TRIES = 200, 3
#: What programs put before a subject, and our number.
PREFIX = re.compile(
    r"\s*(?:(?:re|fwd?|返信|転送)\s?[:：]|\[[A-Z]{2,6}-[A-Z]\d{1,2}-\d{4,6}\])", re.IGNORECASE
)


def store(raw: bytes, *, at: datetime) -> IncomingMail | None:
    """Keep what the mail server gave; None if it is there already."""
    row = IncomingMail(raw=raw, sha256=hashlib.sha256(raw).hexdigest(), fetched_at=at)
    row.key = f"sha256:{row.sha256}"
    try:
        _describe(row, letters.read(raw))
    except Unreadable as unreadable:
        row.state, row.reason = State.QUARANTINED, str(unreadable)
    return _kept(row)


def _describe(row: IncomingMail, letter: Letter) -> None:
    row.message_id, row.gist = letter.message_id, gist(bytes(row.raw), letter)
    row.sender, row.subject = letter.sender[:254], letter.subject[:300]
    row.key = letter.message_id or f"gist:{row.gist}"


def gist(raw: bytes, letter: Letter) -> str:
    """A digest of what it says, without the lines that differ by the way it took."""
    date = headers.raw(message_from_bytes(raw[: 64 * 1024]), "Date")
    said = [date, letter.sender.encode(), letter.subject.encode(), letter.text.encode(), letter.html.encode()]
    parts = [hashlib.sha256(part).digest() for part in [*said, *(file.content for file in letter.files)]]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _kept(row: IncomingMail) -> IncomingMail | None:
    """The row if it is new. Another mail under the same Message-ID is kept, too, for a person to look at."""
    there = IncomingMail.objects.defer("raw").filter(key=row.key).first()
    if there is not None and there.gist != row.gist:
        row.key = f"{row.message_id[:200]} {row.gist}"
        row.state, row.reason = State.QUARANTINED, _("同じMessage-IDで内容の違うメールがあります。")
    elif there is not None:
        return None
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # another process fetched it in the same moment
        return None
    return row


def take_all(clock: Callable[[], datetime]) -> int:
    """Take in what is stored, the oldest first; how many."""
    ids = list(IncomingMail.objects.fresh().order_by("pk").values_list("pk", flat=True)[:BATCH])
    for pk in ids:
        take_one(pk, at=clock())
    return len(ids)


def take_one(pk: int, *, at: datetime) -> None:
    """Take one in; whatever is wrong with it is said on its row, and nothing of it is half done."""
    begun = IncomingMail.objects.fresh().filter(pk=pk)
    if not begun.update(attempts=F("attempts") + 1):
        return
    mail = IncomingMail.objects.get(pk=pk)
    if mail.attempts > TRIES:
        set_aside(mail, _("取り込みが%(n)s回途中で止まりました。") % {"n": TRIES}, by=None, at=at)
        return
    try:
        take_in(mail, by=None, at=at)
    except Refusal as refusal:
        set_aside(mail, _sentence(refusal), by=None, at=at)
    except OperationalError:  # the database is not there, or busy: the next run tries again
        log.exception("mail %s waits", pk)
    except Exception as error:  # one mail never stands in the way of the next one
        log.exception("mail %s is set aside", pk)
        set_aside(
            mail, _("取り込めませんでした（%(what)s）。") % {"what": type(error).__name__}, by=None, at=at
        )


def _sentence(refusal: Refusal) -> str:
    return " ".join(dict.fromkeys([str(refusal), *refusal.errors.values()]))


@command
def set_aside(mail: IncomingMail, reason: str, *, by: Any, at: datetime) -> None:
    """Let a person decide (保留)."""
    row = IncomingMail.objects.select_for_update().get(pk=mail.pk)
    if row.state == State.NEW:
        _becomes(row, State.QUARANTINED, reason)
        record("mail.set_aside", row, by=by, at=at, stream=streams.stream_of(None), reason=reason)


@command
def discard(mail: IncomingMail, *, by: Any, at: datetime, reason: str) -> IncomingMail:
    """It is no inquiry: it stays, with the reason. Raises Refusal without one."""
    row = _held(mail, by, at)
    if not reason.strip():
        sentence = _("対象外にする理由を入力してください。")
        raise Refusal(sentence, errors={"reason": sentence})
    _becomes(row, State.IGNORED, reason.strip()[:1000])
    record("mail.discarded", row, by=by, at=at, stream=streams.stream_of(None), reason=row.reason)
    return row


@command
def assign(mail: IncomingMail, organization: Organization | None, *, by: Any, at: datetime) -> Case:
    """Take a mail in that waited, as one of `organization`; None: as its sender's. Raises Refusal."""
    return _take(_held(mail, by, at), by=by, at=at, organization=organization)


def _held(mail: IncomingMail, by: Any, at: datetime) -> IncomingMail:
    """The mail, locked, if it still waits and `by` decides it."""
    if not receives(by, timezone.localdate(at)):
        raise PermissionDenied(_("保留のメールを扱えるのは、受付の主担当（◎）だけです。"))
    row = IncomingMail.objects.select_for_update().get(pk=mail.pk)
    if row.state != State.QUARANTINED:
        raise Refusal(_("このメールは、ほかの人がすでに処理しました。"))
    return row


@command
def take_in(mail: IncomingMail, *, by: Any, at: datetime) -> None:
    """What becomes of a mail by itself. Raises Refusal if a person has to decide."""
    row = IncomingMail.objects.select_for_update().get(pk=mail.pk)
    if row.state != State.NEW:
        return
    if row.sender in own_addresses():
        _becomes(row, State.IGNORED, _("自分が送ったメールです。"))
        record("mail.discarded", row, by=by, at=at, stream=streams.stream_of(None), reason=row.reason)
        return
    _require_few(row)
    _take(row, by=by, at=at, organization=None)


def _require_few(row: IncomingMail) -> None:
    hour = row.fetched_at - timedelta(hours=1), row.fetched_at
    taken = IncomingMail.objects.filter(state=IncomingMail.State.TAKEN, sender=row.sender)
    before = taken.filter(fetched_at__range=hour, pk__lt=row.pk)
    if before.count() >= manners.MOST_AN_HOUR:
        raise Refusal(_("1時間に%(n)s通を超えて届いています。") % {"n": manners.MOST_AN_HOUR})


def _take(row: IncomingMail, *, by: Any, at: datetime, organization: Organization | None) -> Case:
    """A note of the inquiry that it answers, or a new inquiry. Raises Refusal."""
    try:
        letter = letters.read(bytes(row.raw))
    except Unreadable as unreadable:
        raise Refusal(str(unreadable)) from unreadable
    contact, town = _who(letter, organization)
    case = case_of(letter, town)
    is_new = case is None or not case.is_open  # a closed one is followed by another
    if is_new and by is None and (why := manners.automatic(letter)):
        raise Refusal(why)
    team = _team(town, at)
    if case is not None and case.is_open:
        row.comment = posting.post(case, by=by, team=team, at=at, text=_body(letter), files=letter.files)
    else:
        case = _begin(letter, contact, town, team, after=case, by=by, at=at)
    inquiry = Inquiry.objects.select_related("case").get(case=case)
    row.inquiry, row.organization = inquiry, town
    _becomes(row, State.TAKEN, "")
    if row.comment is None:
        replies.acknowledge(inquiry, row, letter, at=at)
    record("mail.taken", row, by=by, at=at, stream=town.code, number=case.number)
    return case


def _who(letter: Letter, organization: Organization | None) -> tuple[Contact | None, Organization]:
    """The contact, if there is just one, and the municipality; Refusal if that is not clear."""
    found = contacts_of(letter.sender)
    if organization is not None:
        found = [contact for contact in found if contact.organization_id == organization.pk]
        return (found[0] if len(found) == 1 else None), organization
    if not found:
        raise Refusal(_("差出人が連絡先に登録されていません。"))
    if len({contact.organization_id for contact in found}) > 1:
        raise Refusal(_("差出人がいくつかの団体の連絡先に登録されています。"))
    return (found[0] if len(found) == 1 else None), found[0].organization


def _team(town: Organization, at: datetime) -> Team:
    team = Team.objects.on(timezone.localdate(at)).filter(organization=town).first()
    if team is None or town.kind != Organization.Kind.MEMBER:
        raise Refusal(_("%(town)s は構成団体ではないので、取り込めません。") % {"town": town})
    return team


def _begin(
    letter: Letter,
    contact: Contact | None,
    town: Organization,
    team: Team,
    *,
    after: Case | None,
    by: Any,
    at: datetime,
) -> Case:
    """A new inquiry, linked with the one that was closed (`after`)."""
    case = inbox.receive(
        town, channel=Channel.MAIL, title=title_of(letter), text=posting.with_refused(_body(letter), []),
        received_at=at, by=by, at=at, contact=contact, caller=letter.sender_name or letter.sender,
        sources=[after] if after else [],
    )  # fmt: skip
    if refused := posting.attach(case, by=by, team=team, at=at, files=letter.files):
        said = posting.with_refused(_("付けられなかったファイルがあります。"), refused)
        posting.post(case, by=by, team=team, at=at, text=said)
    return case


def _body(letter: Letter) -> str:
    return letter.text.strip() or _("（本文なし）")


def title_of(letter: Letter) -> str:
    """The subject without Re: and our number."""
    subject = letter.subject
    while found := PREFIX.match(subject):
        subject = subject[found.end() :]
    return subject.strip()[:TITLE_LIMIT] or _("（件名なし）")


def _becomes(row: IncomingMail, state: str, reason: str) -> None:
    row.state, row.reason = state, reason
    row.save(update_fields=["state", "reason", "organization", "inquiry", "comment"])
