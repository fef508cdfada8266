"""What a source sends is stored whole before anybody judges it; the same event of a source once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from . import windows
from .alerts import count_again, raise_alert
from .bodies import Item
from .findings import Finding, fingerprint
from .models import Device, Entry, Source, State, UnknownName
from .models.device import folded, named
from .tokens import take


class TooMany(Exception):
    """The source has sent all that it may within this minute: it has to send the same again later."""


@dataclass
class Taken:
    """What became of a body: the new entries, and how many had come before."""

    entries: list[Entry]
    known: int


@transaction.atomic
def store(source: Source, items: list[Item], at: datetime) -> Taken:
    """All of `items` or, with TooMany, none. Devices are found by their names; other names are noted."""
    source = Source.objects.select_for_update().get(pk=source.pk)
    if not take(source, source.rate, at, min(len(items), source.rate)):
        raise TooMany
    Source.objects.filter(pk=source.pk).update(last_at=at)
    fresh = _fresh(source, items, at)
    devices = {names: named(*names) for names in {item.names for item, _ref in fresh}}
    rows = [_entry(source, devices[item.names], item, ref, at) for item, ref in fresh]
    _note_unknown(source, (row for row in rows if row.device is None and row.host), at)
    return Taken(Entry.objects.bulk_create(rows, batch_size=200), len(items) - len(fresh))


def _fresh(source: Source, items: Iterable[Item], at: datetime) -> list[tuple[Item, str]]:
    """The items that did not come before, with the name under which each is kept.

    What fell into a maintenance and is sent again after it is new: else nobody would ever hear of it."""
    items = list(items)
    refs = {item.ref for item in items if item.ref}
    known = {e.ref: e for e in Entry.objects.filter(source=source, ref__in=refs).select_related("device")}
    found, seen = [], set[str]()
    for item in items:
        before, ref = known.get(item.ref), item.ref
        if ref in seen:
            continue
        if before is not None:
            if not before.is_muted or (before.device and windows.current(before.device, at)):
                continue
            before.is_muted, ref = False, fingerprint(item.ref, at.isoformat())
            before.save(update_fields=["is_muted"])
        if item.ref:
            seen.add(item.ref)
        found.append((item, ref))
    return found


def _entry(source: Source, device: Device | None, item: Item, ref: str, at: datetime) -> Entry:
    return Entry(
        source=source, device=device, what=item.what, host=item.names[0] if item.names else "", at=at,
        said_at=item.said_at, program=item.program, level=item.level, watch=item.watch, title=item.title,
        said=item.said, mark=item.mark, ref=ref, evidence=dict(item.evidence),
    )  # fmt: skip


def _note_unknown(source: Source, rows: Iterable[Entry], at: datetime) -> None:
    """Count the names that no device has, so that somebody adopts them."""
    counted: dict[str, tuple[int, str]] = {}
    for row in rows:
        count, _said = counted.get(folded(row.host), (0, ""))
        counted[folded(row.host)] = count + 1, row.title
    for name, (count, said) in sorted(counted.items()):
        same = UnknownName.objects.filter(name=name)
        if not same.update(count=F("count") + count, last_at=at, said=said):
            UnknownName.objects.create(
                name=name, source=source, first_at=at, last_at=at, count=count, said=said
            )


def refuse(source: Source, at: datetime) -> None:
    """Somebody sends more than may come in: counted, and an alert, since it is not heard meanwhile."""
    Source.objects.filter(pk=source.pk).update(refused_at=at, refused_count=F("refused_count") + 1)
    mark = rate_mark(source)
    if not count_again(mark, at):
        raise_alert(
            Finding(
                fingerprint=mark, watch=source.watch, source=source, state=State.WARNING,
                title=_("%(name)s からの受信が上限を超えました") % {"name": source.name},
                said=_("1分間に%(rate)s件を超えました。送信元は後で送り直します。") % {"rate": source.rate},
            ),
            by=None,
            at=at,
        )  # fmt: skip


def rate_mark(source: Source) -> str:
    return fingerprint("rate", source.pk)
