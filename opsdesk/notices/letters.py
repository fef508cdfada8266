"""Letters: a notice as a mail, and the connection to the mail server."""

from __future__ import annotations

import hashlib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext as _

from .models import Delivery, Notice
from .words import telling_of

SUBJECT_LIMIT = 120
#: No machine shall answer a letter of ours (RFC 3834).
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def subject_of(notice: Notice) -> str:
    """[opsdesk] 至急: what happened, on one line."""
    title = " ".join(telling_of(notice.code).title(notice.data).split())
    line = f"[opsdesk] {_('至急: ') if notice.is_urgent else ''}{title}"
    return line if len(line) <= SUBJECT_LIMIT else line[: SUBJECT_LIMIT - 1] + "…"


def body_of(notice: Notice) -> str:
    """What happened, the address of it where the site's own is known, and why the letter comes."""
    telling = telling_of(notice.code)
    parts = [telling.title(notice.data), telling.letter_of(notice.data)]
    if settings.SITE_URL:
        parts.append(settings.SITE_URL + (telling.url(notice.object_id, notice.data) or "/notices/"))
    parts.append(
        _("-- \nこのメールは自動で送っています。返信は届きません。受け取り方は「通知の設定」で変えられます。")
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def message_id(key: str) -> str:
    """The Message-ID of the delivery `key`: the same at every attempt, so that a second copy is known."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    return f"<{digest}@{domain()}>"


def domain() -> str:
    """The part of MAIL_FROM after the @."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def letter_of(delivery: Delivery, server: EmailBackend) -> EmailMessage:
    """As UTF-8, which every program of today reads; ISO-2022-JP can't say ①, 髙 or an emoji."""
    return EmailMessage(
        subject=delivery.subject,
        body=delivery.body,
        from_email=delivery.headers.get("From"),
        to=[delivery.address],
        headers={**AUTOMATIC, **delivery.headers, "Message-ID": message_id(delivery.key)},
        connection=server,
    )


def mail_server() -> EmailBackend:
    """The server of EMAIL_URL, not connected yet; its errors are raised."""
    return EmailBackend(fail_silently=False)
