"""Stored entries become alerts: a tool's own judgement as it is, lines by our rules. Each entry once."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import DatabaseError, transaction

from . import logs
from .alerts import raise_alert, recover
from .findings import Finding, fingerprint
from .models import Entry, State, UnknownName, Watch
from .models.device import folded

logger = logging.getLogger(__name__)
#: Levels (of syslog) up to this one are 異常, the others 注意.
DOWN = 3


def judge_waiting(at: datetime, limit: int = 2000) -> int:
    """Judge what no request has judged (its process died, or a fault of ours); returns how many."""
    rows = Entry.objects.waiting().order_by("pk").select_related("source", "device")[:limit]
    return judge_all(rows, at)


def judge_all(entries: Iterable[Entry], at: datetime) -> int:
    """Judge each in a transaction of its own: one that fails waits for the next time, the others go on."""
    done = 0
    for entry in entries:
        try:
            done += judge(entry, at)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("entry %s", entry.pk)
    return done


@transaction.atomic
def judge(entry: Entry, at: datetime) -> bool:
    """Judge one entry; False if somebody else did."""
    if not Entry.objects.waiting().filter(pk=entry.pk).update(judged_at=at):
        return False
    if entry.device is None and _is_ignored(entry):
        return True
    if entry.what == Entry.What.LINE:
        logs.judge(entry)
    elif entry.what == Entry.What.RECOVERED:
        recover(
            mark_of(entry), by=None, at=entry.at, said=entry.said, source=entry.source, device=entry.device,
            ref=entry.ref,
        )  # fmt: skip
    elif not _is_over(entry) and raise_alert(finding_of(entry), by=None, at=entry.at) is None:
        Entry.objects.filter(pk=entry.pk).update(is_muted=True)
    return True


def _is_ignored(entry: Entry) -> bool:
    return UnknownName.objects.filter(name=folded(entry.host), ignored_at__isnull=False).exists()


def _is_over(entry: Entry) -> bool:
    """Its recovery overtook it (a tool that sends again sends in any order): there is nothing to raise."""
    ends = Entry.objects.filter(source=entry.source, mark=entry.mark, what=Entry.What.RECOVERED)
    return bool(entry.ref) and ends.filter(ref=f"{entry.ref}|resolved").exists()


def mark_of(entry: Entry) -> str:
    """The fingerprint of the fault that a tool names."""
    return fingerprint("source", entry.source_id, entry.mark)


def finding_of(entry: Entry) -> Finding:
    """A tool's judgement; it may say by itself which watch it belongs to."""
    place = str(entry.device or entry.host)
    return Finding(
        fingerprint=mark_of(entry),
        watch=entry.watch if entry.watch in Watch.values else entry.source.watch,
        title=" ".join(filter(None, (place if place not in entry.title else "", entry.title))),
        said=entry.said,
        state=State.DOWN if entry.level <= DOWN else State.WARNING,
        device=entry.device,
        source=entry.source,
        evidence=entry.evidence,
        ref=entry.ref,
    )
