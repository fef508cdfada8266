"""Sessions in the database; whose session it is comes with it, in one statement that is made once.

Every request reads both. A process remembers whose session a key was: a guess, by which it asks for the two
together; what the session itself says decides.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet, Subquery
from django.utils import timezone

from opsdesk.lib.statement import Statement

#: Asks for the rows of a person that are there for `person`, with `session_data` of `key`.
Ask = Callable[..., Sequence[Any]]
MOST = 10_000


class Ahead(threading.local):
    """The session read last, and the rows of a person that came with it, until they are taken."""

    key = ""
    person: int | None = None
    rows: Sequence[Any] = ()


_ahead, _whose = Ahead(), dict[str, int]()
_ask: Ask | None = None


def provide(ask: Ask) -> None:
    """`ask(person=, key=, now=)` gives rows that say who a person is, each as `with_session` makes them."""
    global _ask
    _ask = ask


def taken(person: int) -> Sequence[Any]:
    """The rows of `person` that came with the session, once; else none."""
    rows = _ahead.rows if _ahead.person == person else ()
    _ahead.person, _ahead.rows = None, ()
    return rows


def remember(person: int) -> None:
    """The session read last is that of `person`, of whom there are rows."""
    if len(_whose) >= MOST:
        _whose.clear()
    if _ahead.key:
        _whose[_ahead.key] = person


def with_session(rows: QuerySet[Any], *, key: str, now: datetime) -> QuerySet[Any]:
    """`rows`, each with the `session_data` of `key`: NULL if there is no such session or it has ended."""
    return rows.annotate(session_data=Subquery(_standing(key=key, now=now).values("session_data")))


class SessionStore(DatabaseStore):
    """Django's; a key that Django could not have made finds nothing."""

    def _get_session_from_db(self) -> Session | None:
        key, now = self.session_key or "", timezone.now()
        _ahead.key, _ahead.person, _ahead.rows = "", None, ()
        if key.isascii() and key.isalnum():
            found = _with_person(key, now) or next(iter(STANDING.ask(key=key, now=now)), None)
            if found:
                _ahead.key = key
                return found
        self._session_key = None
        return None


def _with_person(key: str, now: datetime) -> Session | None:
    person = _whose.get(key)
    if person is None or _ask is None:
        return None
    rows = _ask(person=person, key=key, now=now)
    if not rows or rows[0].session_data is None:
        del _whose[key]
        return None
    _ahead.person, _ahead.rows = person, rows
    return Session(session_key=key, session_data=rows[0].session_data)


def _standing(*, key: str, now: datetime) -> QuerySet[Any]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


STANDING = Statement(_standing)
