"""Reading: a person's own notices are marked as read. That leaves no Event: it is nobody else's business."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from .models import Notice


def read(notice: Notice, *, at: datetime) -> None:
    """The person has opened it; the first time counts."""
    Notice.objects.unread().filter(pk=notice.pk).update(read_at=at)


def read_all(person: Any, *, at: datetime, ids: Collection[int] | None = None) -> int:
    """Mark all that are unread, or those of `ids`; returns how many."""
    mine = Notice.objects.unread().filter(person=person, created_at__lte=at)
    return (mine if ids is None else mine.filter(pk__in=ids)).update(read_at=at)
