"""Telling people: rows of the bell and of the outbox, written in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, models

from opsdesk.accounts.models import User
from opsdesk.audit.record import plain
from opsdesk.calendar.book import calendars_by_id
from opsdesk.lib.statement import Insertion

from .hours import next_opening
from .letters import body_of, message_id, subject_of
from .models import Delivery, Notice, Setting
from .words import telling_of


@dataclass(frozen=True)
class Word:
    """One thing to be told to one person; `key` is the same for the same thing."""

    person: int
    key: str
    code: str
    obj: models.Model
    data: Mapping[str, Any]
    organization: int | None = None
    is_urgent: bool = False


def tell(
    code: str,
    people: Iterable[int],
    *,
    obj: models.Model,
    at: datetime,
    key: str,
    data: Mapping[str, Any],
    organization: int | None = None,
    is_urgent: bool = False,
) -> None:
    """Tell the users with the ids `people` the same thing about `obj`; told before, nothing happens.

    Raises RuntimeError outside a transaction: nothing of one that is rolled back may ever be sent."""
    tell_each(
        [Word(person, key, code, obj, data, organization, is_urgent) for person in sorted(set(people))], at=at
    )


def tell_each(words: Iterable[Word], *, at: datetime) -> None:
    """Tell each person the own thing; two statements, four where mail is sent."""
    found = sorted(words, key=lambda word: (word.person, word.key))
    if not connection.in_atomic_block:
        raise RuntimeError("tell() is called outside a transaction")
    if not found:
        return
    notices = [_notice(word, at) for word in found]
    NOTICE.put(*notices)
    if settings.EMAIL_URL:
        Delivery.objects.bulk_create(_deliveries(notices, at), ignore_conflicts=True, batch_size=1000)


NOTICE = Insertion(Notice, over=["person", "key"])


def write_to(
    address: str,
    *,
    key: str,
    code: str,
    subject: str,
    body: str,
    headers: Mapping[str, str],
    at: datetime,
) -> str:
    """A letter to somebody without an account, at once; `headers` go before the usual ones. Its Message-ID.

    "" where no mail is sent. Written before under `key`, nothing happens. Raises RuntimeError as tell()."""
    if not connection.in_atomic_block:
        raise RuntimeError("write_to() is called outside a transaction")
    if not settings.EMAIL_URL:
        return ""
    row = Delivery(
        key=key, code=code, address=address, subject=subject, body=body, headers=dict(headers),
        is_urgent=True, created_at=at, next_at=at,
    )  # fmt: skip
    Delivery.objects.bulk_create([row], ignore_conflicts=True)
    return message_id(key)


def _notice(word: Word, at: datetime) -> Notice:
    return Notice(
        person_id=word.person,
        key=word.key,
        code=word.code,
        object_type=word.obj._meta.label_lower,
        object_id=str(word.obj.pk),
        organization_id=word.organization,
        data=plain(dict(word.data)),
        is_urgent=word.is_urgent,
        created_at=at,
    )


def _deliveries(notices: list[Notice], at: datetime) -> list[Delivery]:
    """A letter for each who has an address and wants it; outside opening hours it waits for the next ones."""
    people = _addressees({notice.person_id for notice in notices})
    calendars = calendars_by_id(u.organization_id for u in people.values())
    found = []
    for notice in notices:
        person = people.get(notice.person_id)
        if person is None or not _wants(person, notice):
            continue
        calendar = calendars[person.organization_id]
        found.append(
            Delivery(
                key=f"{notice.key}/{person.pk}",
                person=person,
                code=notice.code,
                address=person.email,
                subject=subject_of(notice),
                body=body_of(notice),
                is_urgent=notice.is_urgent,
                created_at=at,
                next_at=at if notice.is_urgent else next_opening(calendar, at),
            )
        )
    return found


def _addressees(people: Iterable[int]) -> dict[int, Any]:
    """Users with an address, active, with their setting."""
    rows = User.objects.filter(pk__in=people, is_active=True).exclude(email="").order_by()
    return {u.pk: u for u in rows.select_related("notice_setting")}


def _wants(person: Any, notice: Notice) -> bool:
    setting = getattr(person, "notice_setting", None)
    mail = setting.mail if setting else Setting.Mail.ALL
    if mail == Setting.Mail.DIGEST:
        return notice.is_urgent or telling_of(notice.code).is_digest
    return mail == Setting.Mail.ALL
