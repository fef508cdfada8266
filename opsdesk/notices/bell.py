"""The bell in the header: how much is unread, counted in the statement that reads the person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from opsdesk.accounts.access import keep_memberships
from opsdesk.accounts.models import Membership, User
from opsdesk.accounts.sessions import provide, remember, taken, with_session
from opsdesk.lib.keyset import CappedCount
from opsdesk.lib.statement import Statement

from .models import Notice

#: The bell counts no further: 99+.
MOST = 99


#: What apps above want to know at every request: an expression of the statement that reads the person.
facts: dict[str, Callable[[], Any]] = {}


class PersonBackend(AuthenticationBackend):
    """allauth's; the person of a request comes with the memberships, with `unread`, the number of unread
    notices (to MOST + 1), and with `facts`."""

    def get_user(self, user_id: Any) -> User | None:
        user = _member(user_id) or next(iter(PERSON.ask(person=user_id)), None)
        return user if user and self.user_can_authenticate(user) else None


def _member(user_id: Any) -> User | None:
    """The person with all memberships that there are, in one statement; None without any."""
    rows = taken(user_id)
    if not rows:
        rows = MEMBER.ask(person=user_id)
        if not rows:
            return None
        remember(user_id)
    user: User = rows[0].user
    for name in ("unread", *facts):
        setattr(user, name, getattr(rows[0], name))
    keep_memberships(user, rows)
    return user


def _known(person: int) -> dict[str, Any]:
    mine = Notice.objects.unread().filter(person=person)
    return {"unread": CappedCount(mine, MOST), **{name: fact() for name, fact in facts.items()}}


def _persons(*, person: int) -> QuerySet[Any]:
    return User.objects.annotate(**_known(person)).filter(pk=person)


def _members(*, person: int) -> QuerySet[Any]:
    rows = Membership.objects.filter(user=person).select_related("user", "team__role", "team__organization")
    return rows.annotate(**_known(person))


def _with_session(*, person: int, key: str, now: datetime) -> QuerySet[Any]:
    return with_session(_members(person=person), key=key, now=now)


PERSON = Statement(_persons)
MEMBER = Statement(_members)
provide(Statement(_with_session).ask)


def unread_of(user: Any) -> int:
    """How many notices are unread, at most MOST + 1; one statement where the person came another way."""
    if not hasattr(user, "unread"):
        user.unread = Notice.objects.unread().filter(person=user)[: MOST + 1].count()
    return user.unread


def in_words(unread: int) -> str:
    """3, 99+; "" for none."""
    return f"{MOST}+" if unread > MOST else str(unread or "")
