"""Lines of logs against the rules: so many within a window are an alert, the lines around are evidence."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from django.core.files.base import File
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.lib.refusal import Refusal
from tasks.automatic import main_team, note_by_system, robot

from .alerts import raise_alert
from .findings import Finding, fingerprint
from .models import Alert, Entry, LogHit, LogRule, Watch

#: Lines before and after a hit that are kept with it.
BEFORE, AFTER = 20, 20


def judge(entry: Entry) -> None:
    """Note which rules the line hits, and raise the alert of those that have had enough of it."""
    for rule in LogRule.objects.filter(is_active=True).order_by("pk"):
        if rule.hits(entry):
            LogHit.objects.create(rule=rule, entry=entry, place=place_of(rule, entry), at=entry.at)
            if hits_within(rule, entry) >= rule.count:
                _raise(rule, entry)


def place_of(rule: LogRule, entry: Entry) -> str:
    """The fingerprint of what the rule finds on one device."""
    return fingerprint("log", rule.pk, entry.device_id or entry.host)


def hits_within(rule: LogRule, entry: Entry) -> int:
    since = entry.at - timedelta(minutes=rule.minutes)
    return LogHit.objects.filter(place=place_of(rule, entry), at__gt=since, at__lte=entry.at).count()


def _raise(rule: LogRule, entry: Entry) -> None:
    lines = [in_words(row) for row in around(entry)]
    finding = Finding(
        fingerprint=place_of(rule, entry),
        watch=Watch.LOG,
        title=f"{entry.device or entry.host} {rule.name}",
        said=entry.said or entry.title,
        state=rule.state,
        device=entry.device,
        source=entry.source,
        evidence={"rule": rule.pk, "entry": entry.pk, "lines": lines},
    )
    alert = raise_alert(finding, by=None, at=entry.at)
    if alert is None:
        Entry.objects.filter(pk=entry.pk).update(is_muted=True)
    elif alert.count == 1:
        _attach(alert, lines, entry)


def around(entry: Entry) -> list[Entry]:
    """The lines of the same device before the hit, the hit, and what has come after it until now."""
    rows = Entry.objects.filter(what=Entry.What.LINE).around(entry)
    before = list(rows.filter(pk__lte=entry.pk).order_by("-pk")[: BEFORE + 1])
    return [*reversed(before), *rows.filter(pk__gt=entry.pk).order_by("pk")[:AFTER]]


def in_words(entry: Entry) -> str:
    """One line: when, program, text."""
    local = timezone.localtime(entry.said_at or entry.at)
    return " ".join(filter(None, (f"{local:%Y-%m-%d %H:%M:%S}", entry.program, entry.said or entry.title)))


def _attach(alert: Alert, lines: list[str], entry: Entry) -> None:
    """The lines as a file of the alert's task, where it has one that is open."""
    team = main_team(alert.task, entry.at) if alert.task else None
    if alert.task is None or team is None:
        return
    name = _("ログ") + f"-{timezone.localtime(entry.at):%Y%m%d-%H%M%S}.txt"
    file = File(BytesIO("\n".join([*lines, ""]).encode()), name=name)
    try:
        note_by_system(alert.task, by=robot(), team=team, at=entry.at, answers={}, file=file, field_key="")
    except Refusal:
        return  # closed a moment ago: the lines stay with the alert
