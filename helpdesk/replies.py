"""Letters of the help desk: the number of an inquiry that came by mail (受付番号のお知らせ), and its answers.

Both go through the outbox, in the transaction of what they tell of."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from opsdesk.notices.outbox import write_to
from tasks.models import Case, Comment

from . import letters
from .letters import Letter
from .manners import may_answer
from .models import IncomingMail, Inquiry, SentMail
from .threads import own_addresses

#: Lines of the mail that are quoted below an answer, ancestors that it names.
QUOTED, ANCESTORS = 10, 10


def acknowledge(inquiry: Inquiry, mail: IncomingMail, letter: Letter, *, at: datetime) -> None:
    """Tell the sender the number, once for each inquiry; never a machine."""
    case = inquiry.case
    body = _(
        "お問い合わせを受け付けました。\n\n受付番号: %(number)s\n件名: %(title)s\n\n"
        "続きは、このメールに返信してください。\n-- \nこのメールは自動で送っています。"
    ) % {"number": case.number, "title": case.title}
    _write(case, mail, letter, key=f"receipt:{case.pk}", code="inquiry.receipt", body=body, at=at)


def send(inquiry: Inquiry, comment: Comment, *, at: datetime) -> None:
    """Send the answer `comment` to who wrote last, if the inquiry came by mail."""
    mail = (
        IncomingMail.objects.filter(inquiry=inquiry, state=IncomingMail.State.TAKEN).order_by("-pk").first()
    )
    if mail is None:
        return
    letter = letters.read(bytes(mail.raw))
    body = f"{comment.text}\n\n{_quoted(letter)}"
    _write(inquiry.case, mail, letter, key=f"answer:{comment.pk}", code="inquiry.answer", body=body, at=at)


def _write(
    case: Case, mail: IncomingMail, letter: Letter, *, key: str, code: str, body: str, at: datetime
) -> None:
    """Put the letter in the outbox, with what makes its answer find back to `case`."""
    if not settings.DESK_ADDRESS or not may_answer(letter, own_addresses()):
        return
    is_automatic = code == "inquiry.receipt"
    ancestors = [*letter.references, letter.message_id] if letter.message_id else list(letter.references)
    headers = {"From": settings.DESK_ADDRESS, "Auto-Submitted": "auto-replied" if is_automatic else "no"}
    if letter.message_id:
        headers["In-Reply-To"] = f"<{letter.message_id}>"
    if ancestors:
        headers["References"] = " ".join(f"<{one}>" for one in ancestors[-ANCESTORS:])
    subject = f"Re: [{case.number}] {case.title}"[:120]
    sent = write_to(letter.sender, key=key, code=code, subject=subject, body=body, headers=headers, at=at)
    if sent:
        SentMail.objects.get_or_create(
            message_id=sent.strip("<>"), defaults={"case": case, "is_automatic": is_automatic, "at": at}
        )


def _quoted(letter: Letter) -> str:
    """The first lines of what was asked."""
    lines = letter.text.splitlines()
    rest = ["> …"] if len(lines) > QUOTED else []
    return "\n".join([*(f"> {line[:200]}" for line in lines[:QUOTED]), *rest]) + "\n"
