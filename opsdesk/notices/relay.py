"""The relay: takes what is due out of the outbox, sends it, and marks what became of it.

A row is leased by a compare-and-set before it is sent, so that two relays send it once; one that dies between
sending and marking leaves a lease that runs out, and the row is sent again with the same Message-ID."""

from __future__ import annotations

import random
import smtplib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from opsdesk.calendar.book import calendars_by_id
from opsdesk.calendar.days import Calendar

from .hours import is_open, next_opening
from .letters import letter_of, mail_server
from .models import Delivery

#: Longer than a letter may take (settings.EMAIL_TIMEOUT), shorter than a person waits.
LEASE = timedelta(minutes=5)
#: After 1, 2, 4 … minutes, six hours at most: the twelfth failure, after about twenty hours, is the last.
TRIES, FIRST, LONGEST = 12, timedelta(minutes=1), timedelta(hours=6)
#: Letters of one run, and how long it may take (well below the job's limit); the next one goes on.
BATCH, LONG = 200, timedelta(seconds=90)
Clock = Callable[[], datetime]


@dataclass
class Report:
    """What a run did."""

    sent: int = 0
    failed: int = 0
    dead: int = 0


def relay(clock: Clock, chance: random.Random | None = None) -> Report:
    """Send what is due, the oldest first, at most BATCH; stops early if the server can't be reached."""
    report, chance = Report(), chance or random.Random()
    if not settings.EMAIL_URL:
        return report
    now = clock()
    if not Delivery.objects.due(now).exists():
        return report
    calendars = _calendars(Delivery.objects.due(now))
    due = _in_hours(Delivery.objects.due(now), calendars, now).order_by("next_at", "pk")
    server = mail_server()
    try:
        for pk in list(due.values_list("pk", flat=True)[:BATCH]):
            if clock() - now > LONG:
                break
            delivery = lease(pk, clock())
            if delivery and not _send(delivery, server, clock, calendars, chance, report):
                break
    finally:
        _close(server)
    return report


def lease(pk: int, now: datetime) -> Delivery | None:
    """The row, for whoever was first to ask; counts as an attempt, so that nothing is tried for ever."""
    won = Delivery.objects.due(now).filter(pk=pk)
    if not won.update(leased_until=now + LEASE, attempts=F("attempts") + 1):
        return None
    return Delivery.objects.select_related("person").get(pk=pk)


def _send(
    delivery: Delivery,
    server: EmailBackend,
    clock: Clock,
    calendars: dict[int | None, Calendar],
    chance: random.Random,
    report: Report,
) -> bool:
    """Send one letter; False if the server itself can't be used now."""
    try:
        letter_of(delivery, server).send()
    except Exception as error:  # whatever it is, the row must say so and the next one be tried
        calendar = calendars[delivery.person.organization_id if delivery.person else None]
        _failed(delivery, error, clock(), calendar, chance, report)
        _close(server)
        return not is_of_server(error)
    mark_sent(delivery, clock())
    report.sent += 1
    return True


def mark_sent(delivery: Delivery, now: datetime) -> None:
    """It is sent, even where the lease had run out and somebody else sends it once more."""
    Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.SENT).update(
        state=Delivery.State.SENT, sent_at=now, leased_until=None, last_error=""
    )


def _failed(
    delivery: Delivery,
    error: Exception,
    now: datetime,
    calendar: Calendar,
    chance: random.Random,
    report: Report,
) -> None:
    """Wait for another try, or be dead; only if nobody else has leased the row meanwhile."""
    own = Delivery.objects.waiting().filter(pk=delivery.pk, attempts=delivery.attempts)
    if is_final(error) or delivery.attempts >= TRIES:
        report.dead += own.update(state=Delivery.State.DEAD, leased_until=None, last_error=in_words(error))
        return
    again = now + backoff(delivery.attempts, chance)
    next_at = again if delivery.is_urgent else next_opening(calendar, again)
    report.failed += own.update(next_at=next_at, leased_until=None, last_error=in_words(error))


def backoff(attempts: int, chance: random.Random) -> timedelta:
    """How long to wait after the `attempts`-th failure, a quarter more or less, so that no crowd comes."""
    return min(FIRST * 2 ** (attempts - 1), LONGEST) * chance.uniform(0.75, 1.25)


def is_final(error: Exception) -> bool:
    """Another try would fail as well: the address or the letter itself is refused."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def is_of_server(error: Exception) -> bool:
    """Not this letter's fault: nobody answers, the connection broke, the sign-in is refused."""
    of_letter = smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError
    return isinstance(error, OSError) and not isinstance(error, of_letter)


def in_words(error: Exception) -> str:
    """What a person reads of a failure, with what the machine said."""
    said = " ".join(_said(error).split())[:300]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _("宛先が断られました（%(said)s）。") % {"said": said}
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _("メールサーバにサインインできません（%(said)s）。") % {"said": said}
    if isinstance(error, smtplib.SMTPResponseException):
        return _("メールサーバが断りました（%(said)s）。") % {"said": said}
    if isinstance(error, OSError):
        return _("メールサーバにつながりません（%(said)s）。") % {"said": said}
    return _("メールを作れません（%(said)s）。") % {"said": said}


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(text)}" for code, text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)


def _calendars(rows: QuerySet[Delivery]) -> dict[int | None, Calendar]:
    """The calendars of those to whom `rows` go, by the id of the organization."""
    return calendars_by_id(rows.order_by().values_list("person__organization", flat=True).distinct())


def _in_hours(
    rows: QuerySet[Delivery], calendars: dict[int | None, Calendar], now: datetime
) -> QuerySet[Delivery]:
    """Those that may go out at this hour: the urgent ones, and to people whose organization is open."""
    return rows.filter(Q(is_urgent=True) | _of(pk for pk, c in calendars.items() if is_open(c, now)))


def _of(organizations: Iterable[int | None]) -> Q:
    found = set(organizations)
    known = Q(person__organization__in=found - {None})
    return known | Q(person__organization=None) if None in found else known


def _close(server: EmailBackend) -> None:
    try:
        server.close()
    except OSError:  # it is gone already
        server.connection = None
