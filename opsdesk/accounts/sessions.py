"""Sessions in the database, each read by a statement that is made once: every request reads one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from opsdesk.lib.statement import Statement


class SessionStore(DatabaseStore):
    """Django's; a key that Django could not have made finds nothing."""

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key or ""
        if key.isascii() and key.isalnum():
            for session in STANDING.ask(key=key, now=timezone.now()):
                return session
        self._session_key = None
        return None


def _standing(*, key: str, now: datetime) -> QuerySet[Any]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


STANDING = Statement(_standing)
