"""Commands of what administrators keep: devices, checks, windows, sources, heartbeats, networks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.streams import stream_of
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from raci.definition import definition_of
from raci.models import Cycle, Sharing

from .alerts import recover
from .models import (
    Alert,
    AllowedNetwork,
    Check,
    Device,
    DeviceName,
    Heartbeat,
    MaintenanceWindow,
    Source,
)
from .models.device import folded
from .reach import lines_on
from .tokens import hashed, new_token

Row = Device | Check | MaintenanceWindow | Source | Heartbeat | AllowedNetwork
NOUNS: dict[type[models.Model], str] = {
    Device: "device",
    Check: "check",
    MaintenanceWindow: "window",
    Source: "source",
    Heartbeat: "heartbeat",
    AllowedNetwork: "network",
}
SCHEDULED = frozenset({Cycle.DAILY.value, Cycle.MONTHLY.value, Cycle.YEARLY.value})
#: How long the token before holds after a rotation.
ROTATION = timedelta(days=7)


@command
def keep(row: Row, *, by: Any, at: datetime, devices: Iterable[Device] | None = None) -> Row:
    """Store a new row, or what was changed on it. Raises Refusal (errors by field) for what it may not be.

    `devices` are those of a window. What is no longer watched has no open alert."""
    is_new = row.pk is None
    if isinstance(row, Check) and is_new:
        row.next_at = at
    _valid(row)
    if isinstance(row, Heartbeat):
        _refuse_duty(row, at)
    before = {} if is_new else _columns(type(row)._default_manager.get(pk=row.pk))
    row.save()
    if isinstance(row, MaintenanceWindow) and devices is not None:
        row.devices.set(devices)
    verb, changed = ("added", {}) if is_new else ("changed", _changed(before, _columns(row)))
    record(
        f"{NOUNS[type(row)]}.{verb}", row, by=by, at=at, stream=_stream(row), name=str(row), before=changed
    )
    _let_go(row, by=by, at=at)
    return row


@command
def remove(row: AllowedNetwork, *, by: Any, at: datetime) -> None:
    """Take a network off the allow-list: nothing in it is reached any more."""
    record("network.removed", row, by=by, at=at, stream=_stream(row), name=str(row))
    row.delete()


@command
def rename(device: Device, names: Iterable[str], *, by: Any, at: datetime) -> Device:
    """The other names of a device, instead of those that it had. Raises Refusal for one of another device."""
    wanted = {name for name in map(folded, names) if name}
    there = set(device.names.values_list("name", flat=True))
    taken = DeviceName.objects.filter(name__in=wanted).exclude(device=device).first()
    if taken is not None:
        raise Refusal(_("「%(name)s」はほかの機器の別名です。") % {"name": taken.name})
    device.names.exclude(name__in=wanted).delete()
    DeviceName.objects.bulk_create(DeviceName(device=device, name=name) for name in sorted(wanted - there))
    if wanted != there:
        before = {_("別名"): "、".join(sorted(there))}
        record(
            "device.changed", device, by=by, at=at, stream=_stream(device), name=str(device), before=before
        )
    return device


@command
def renew(row: Source | Heartbeat, *, by: Any, at: datetime) -> str:
    """A new token, to be shown this once; of a source the one before holds for ROTATION more."""
    row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    token, names = new_token(), ["token_hash"]
    if isinstance(row, Source) and row.token_hash:
        row.previous_hash, row.previous_until = row.token_hash, at + ROTATION
        names += ["previous_hash", "previous_until"]
    row.token_hash = hashed(token)
    row.save(update_fields=names)
    record(f"{NOUNS[type(row)]}.token_renewed", row, by=by, at=at, stream=_stream(row), name=str(row))
    return token


def _valid(row: Row) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        errors = {name: "".join(sentences) for name, sentences in error.message_dict.items()}
        raise Refusal("\n".join(errors.values()), errors=errors) from error


def _refuse_duty(beat: Heartbeat, at: datetime) -> None:
    """A heartbeat is for a scheduled duty; it closes what nobody signs or acknowledges."""
    line = lines_on(timezone.localdate(at)).get(beat.key)
    if line is None or line.cycle not in SCHEDULED:
        raise _no("key", _("定期の業務(日次・月次・年次)の業務キーを入力してください。"))
    if beat.closes and (line.duty.sharing == Sharing.SIGNERS or line.duty.is_acknowledged):
        sentence = _("No.%(number)s は署名か確認のある業務なので、自動では完了にできません。")
        raise _no("closes", sentence % {"number": line.number})
    known = {field.key for field in definition_of(line.duty.pk).fields}
    asked = {name.partition(".")[0] for name in (*beat.fills, *beat.fails, *([beat.log] if beat.log else []))}
    if wrong := sorted(asked - known):
        sentence = _("No.%(number)s に記入項目「%(name)s」はありません。使えるのは %(known)s です。")
        values = {"number": line.number, "name": wrong[0], "known": "、".join(sorted(known))}
        raise _no("fills", sentence % values)


def _no(field: str, sentence: str) -> Refusal:
    return Refusal(sentence, errors={field: sentence})


def _columns(row: Row) -> dict[str, Any]:
    names = [f.name for f in row._meta.concrete_fields if f.editable and not f.primary_key]
    return {name: getattr(row, name) for name in names if name != "next_at"}


def _changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """What stood there before, of what has changed."""
    return {name: str(value) for name, value in before.items() if after[name] != value}


def _stream(row: Row) -> str:
    owner = row.device if isinstance(row, Check) else row
    return stream_of(getattr(owner, "organization", None))


def _let_go(row: Row, *, by: Any, at: datetime) -> None:
    """Nobody will say that it is fine again: its open alerts end here."""
    if getattr(row, "is_active", True):
        return
    of = {Device: "device", Check: "check_of", Heartbeat: "heartbeat"}.get(type(row))
    for alert in Alert.objects.open().filter(**{of: row}) if of else ():
        recover(alert.fingerprint, by=by, at=at, said=_("監視をやめました。"))
