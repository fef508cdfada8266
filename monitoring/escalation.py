"""An alert that nobody confirms within a quarter of an hour is told to all with ◎, and to the union."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from opsdesk.accounts.models import Organization
from opsdesk.notices.outbox import Word, tell_each
from opsdesk.notices.watermarks import advance
from raci.models import Mark
from tasks.readers import Reader, readers

from .models import Alert
from .reach import line_on

NAME = "escalation"
PATIENCE = timedelta(minutes=15)


def escalate(now: datetime) -> int:
    """Tell what came about since the last time; returns how many notices. Two at once tell it once."""
    with transaction.atomic():
        before = advance(NAME, now)
        if before is None or before >= now:
            return 0
        rows = Alert.objects.open().filter(
            seen_at=None, first_at__gt=before - PATIENCE, first_at__lte=now - PATIENCE
        )
        words = [word for alert in rows.select_related("organization") for word in _words(alert, now)]
        tell_each(words, at=now)
    return len(words)


def escalates_at(alert: Alert) -> datetime:
    return alert.first_at + PATIENCE


def _words(alert: Alert, now: datetime) -> Iterator[Word]:
    today = timezone.localdate(now)
    line = line_on(today, alert.key)
    roles = line.roles_with(Mark.MAIN) if line else []
    data = {"title": alert.title, "watch": str(alert.get_watch_display()), "count": alert.count}
    for person in sorted({r.user for r in readers(today) if r.role in roles or _is_union(r)}):
        yield Word(
            person, f"alert.unseen:{alert.pk}", "alert.unseen", alert, data, alert.organization_id, True
        )


def _is_union(reader: Reader) -> bool:
    return reader.kind == Organization.Kind.UNION
