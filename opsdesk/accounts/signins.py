"""Commands that keep in history who signed in, out, in vain, and changed the second factor."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator

from opsdesk.audit.record import command, record

from .models import User
from .streams import stream_of


@command
def note(code: str, user: User, *, by: User | None, at: datetime, **data: str) -> None:
    """One Event about `user`: account.signed_in, .signed_out, .sign_in_failed, .factor_added …"""
    record(code, user, by=by, at=at, stream=stream_of(user.organization), **data)


@command
def forget_factors(user: User, *, by: User | None, at: datetime) -> int:
    """Take the second factor off `user`, who lost the telephone; returns how many rows that were."""
    found = Authenticator.objects.filter(user=user).delete()[0]
    if found:
        note("account.factor_forgotten", user, by=by, at=at)
    return found
