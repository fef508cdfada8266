"""Command: a rule for lines of logs is kept, new or changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from opsdesk.accounts.models import Team
from opsdesk.accounts.streams import stream_of
from opsdesk.audit.record import command, record

from .models import LogRule

FIELDS = (
    "name", "device", "program", "level", "text", "is_pattern", "count", "minutes", "quiet", "state",
    "is_active",
)  # fmt: skip


@command
def keep(rule: LogRule, *, by: Any, team: Team | None, at: datetime) -> LogRule:
    """Store `rule`, which its form has read; what a changed one was before stands in the history."""
    before = LogRule.objects.filter(pk=rule.pk).first()
    rule.save()
    changed = {f: shown(before, f) for f in FIELDS if before and shown(before, f) != shown(rule, f)}
    record(
        "rule.changed" if before else "rule.added", rule, by=by, team=team, at=at, stream=stream_of(None),
        name=rule.name, before=changed,
    )  # fmt: skip
    return rule


def shown(rule: LogRule, field: str) -> str:
    """The value of a field as text."""
    return str(getattr(rule, field) if getattr(rule, field) is not None else "")
