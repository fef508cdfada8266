"""The bell in the header: how much is unread, counted in the statement that reads the person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from opsdesk.accounts.models import User
from opsdesk.lib.keyset import CappedCount
from opsdesk.lib.statement import Statement

from .models import Notice

#: The bell counts no further: 99+.
MOST = 99


#: What apps above want to know at every request: an expression of the statement that reads the person.
facts: dict[str, Callable[[], Any]] = {}


class PersonBackend(AuthenticationBackend):
    """allauth's; the person of a request comes with `unread`, the number of unread notices (to MOST + 1), and
    with `facts`."""

    def get_user(self, user_id: Any) -> User | None:
        for user in PERSON.ask(person=user_id):
            return user if self.user_can_authenticate(user) else None
        return None


def _person(*, person: int) -> QuerySet[Any]:
    mine = Notice.objects.unread().filter(person=person)
    more = {name: fact() for name, fact in facts.items()}
    return User.objects.annotate(unread=CappedCount(mine, MOST), **more).filter(pk=person)


PERSON = Statement(_person)


def unread_of(user: Any) -> int:
    """How many notices are unread, at most MOST + 1; one statement where the person came another way."""
    if not hasattr(user, "unread"):
        user.unread = Notice.objects.unread().filter(person=user)[: MOST + 1].count()
    return user.unread


def in_words(unread: int) -> str:
    """3, 99+; "" for none."""
    return f"{MOST}+" if unread > MOST else str(unread or "")
