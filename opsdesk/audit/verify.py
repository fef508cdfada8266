"""Whether each stream's chain is whole: no event edited, deleted, slipped in or cut off the end."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Event, Stream
from .record import mac

CHUNK = 2000  # events a fetch


@dataclass
class Finding:
    """What the check of one stream found; `fault` is "" if its chain is whole."""

    stream: str
    count: int = 0
    hash: str = ""
    last: int = 0
    fault: str = ""


def streams() -> list[str]:
    """The names of all streams, also of those whose head is gone."""
    found = set(Stream.objects.values_list("name", flat=True))
    return sorted(found | set(Event.objects.order_by().values_list("stream", flat=True).distinct()))


def verify(name: str) -> Finding:
    """Check the chain of the stream `name`. Its head is locked only for what was appended meanwhile."""
    finding = Finding(name)
    until = Stream.objects.filter(name=name).values_list("last", flat=True).first() or 0
    _follow(finding, Event.objects.filter(stream=name, pk__lte=until).order_by("pk").iterator(CHUNK))
    with transaction.atomic():
        head = Stream.objects.select_for_update().filter(name=name).first()
        rest = Event.objects.filter(stream=name, pk__gt=finding.last).order_by("pk")
        _follow(finding, rest.iterator(CHUNK))
    if not finding.fault:
        finding.fault = _end(finding, head)
    return finding


def _follow(finding: Finding, events: Iterator[Event]) -> None:
    """Walk along `events` until the first that does not fit."""
    for event in events:
        if finding.fault:
            return
        if not hmac.compare_digest(mac(finding.hash, event), event.hash):
            finding.fault = _(
                "系列 %(stream)s の履歴 %(id)s（%(at)s %(code)s）から鎖が合いません。"
                "この履歴が書き換えられたか、この前の履歴が消されたか差し込まれています。"
            ) % {
                "stream": finding.stream,
                "id": event.pk,
                "at": timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M"),
                "code": event.code,
            }
            return
        finding.count, finding.last, finding.hash = finding.count + 1, event.pk, event.hash


def _end(finding: Finding, head: Stream | None) -> str:
    """What is wrong with the end of a chain that fits so far."""
    if head is None:
        return _("系列 %(stream)s の先頭の記録がありません。") % {"stream": finding.stream}
    if head.last > finding.last:
        return _(
            "系列 %(stream)s の履歴 %(id)s までの終わりの部分が消されています（残りは %(last)s まで）。"
        ) % {
            "stream": finding.stream,
            "id": head.last,
            "last": finding.last,
        }
    if (head.last, head.hash) != (finding.last, finding.hash):
        return _("系列 %(stream)s の先頭の記録が、最後の履歴 %(last)s と合いません。") % {
            "stream": finding.stream,
            "last": finding.last,
        }
    return ""
