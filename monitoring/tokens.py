"""Tokens of sources and heartbeats: shown once, kept as a hash; and how many calls a minute one takes."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import F

from .models import Heartbeat, Source

MINUTE = timedelta(minutes=1)


def new_token() -> str:
    """32 letters that nobody guesses, fit for a URL and for a header."""
    return secrets.token_urlsafe(24)


def hashed(token: str) -> str:
    """What is kept of `token`; it has too many possibilities for anything slower to be of use."""
    return hashlib.sha256(token.encode()).hexdigest()


def take(row: Heartbeat | Source, rate: int, at: datetime, count: int = 1) -> bool:
    """Whether `count` more calls may come in the minute that runs; counted by the database, for all webs."""
    same = type(row)._default_manager.filter(pk=row.pk)
    began = same.exclude(minute_at__gt=at - MINUTE)  # NULL, or a minute that is over
    if began.update(minute_at=at, minute_count=count):
        return count <= rate
    used = same.filter(minute_at__gt=at - MINUTE, minute_count__lte=rate - count)
    return bool(used.update(minute_count=F("minute_count") + count))
