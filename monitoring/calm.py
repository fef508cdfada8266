"""What ends by itself: alerts of logs and of limits after a quiet while, and entries that are old."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from .alerts import recover
from .intake import rate_mark
from .models import Alert, AlertEvent, Entry, LogHit, LogRule, Source

#: How long entries are kept, and how many go at once.
KEPT = timedelta(days=35)
CHUNK = 5000
#: A source that was refused is heard again after that long.
HEARD = timedelta(minutes=10)


def settle(at: datetime) -> int:
    """End the alerts of rules (and of limits) that have been quiet long enough; returns how many."""
    return _settle_rules(at) + _settle_storms(at) + _settle_limits(at)


def _settle_rules(at: datetime) -> int:
    ended = 0
    for rule in LogRule.objects.order_by("pk"):
        since = at - timedelta(minutes=rule.quiet)
        hits = LogHit.objects.filter(rule=rule)
        places = hits.filter(at__gt=at - KEPT).values("place").distinct()
        for alert in Alert.objects.open().filter(fingerprint__in=places, is_storm=False):
            if not hits.filter(place=alert.fingerprint, at__gt=since).exists():
                ended += _end(alert, _quiet(rule), at)
    return ended


def _settle_storms(at: datetime) -> int:
    """The parts of a storm that are of rules end alike; the storm ends with its last part."""
    ended = 0
    for storm in Alert.objects.open().filter(is_storm=True):
        last = storm.events.order_by().values("fingerprint").annotate(last=Max("pk")).values("last")
        for event in storm.events.filter(pk__in=last, kind=AlertEvent.Kind.BAD):
            hits = LogHit.objects.filter(place=event.fingerprint).select_related("rule")
            hit = hits.order_by("-at", "-pk").first()
            if hit is not None and hit.at <= at - timedelta(minutes=hit.rule.quiet):
                over = recover(
                    event.fingerprint, by=None, at=at, said=_quiet(hit.rule), source=storm.source,
                    device=storm.device,
                )  # fmt: skip
                ended += over is not None and not over.is_open
    return ended


def _quiet(rule: LogRule) -> str:
    return _("%(minutes)s分間、該当するログがありません。") % {"minutes": rule.quiet}


def _settle_limits(at: datetime) -> int:
    ended = 0
    for source in Source.objects.filter(refused_at__lte=at - HEARD):
        for alert in Alert.objects.open().filter(fingerprint=rate_mark(source)):
            ended += _end(alert, _("上限の中で受信しています。"), at)
    return ended


def _end(alert: Alert, said: str, at: datetime) -> int:
    over = recover(alert.fingerprint, by=None, at=at, said=said, source=alert.source, device=alert.device)
    return over is not None


def forget(at: datetime) -> int:
    """Delete entries that are older than KEPT; the evidence of alerts stays with them."""
    gone, old = 0, Entry.objects.filter(at__lt=at - KEPT).order_by("at").values_list("pk", flat=True)
    while pks := list(old[:CHUNK]):
        LogHit.objects.filter(entry__in=pks).delete()
        gone += Entry.objects.filter(pk__in=pks).delete()[0]
    return gone
