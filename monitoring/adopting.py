"""Commands: a name that no device has becomes a device, another name of one, or none of ours."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Team
from opsdesk.accounts.streams import stream_of
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from .models import Device, DeviceName, Entry, UnknownName
from .models.device import folded, named


@command
def adopt(
    name: UnknownName,
    *,
    by: Any,
    team: Team | None,
    at: datetime,
    device: Device | None = None,
    title: str = "",
) -> Device:
    """Give `name` to `device`, or to a new one called `title`; what it sent so far is the device's, too.

    Raises Refusal if somebody was faster, or if a new device would be called like another."""
    name = _locked(name)
    if device is None:
        device = _new(title.strip() or name.name)
        record("device.added", device, by=by, team=team, at=at, stream=stream_of(None), name=device.name)
    if named(name.name) is None:
        DeviceName.objects.create(device=device, name=folded(name.name))
    Entry.objects.filter(device=None, host__iexact=name.name).update(device=device)
    record("device.adopted", device, by=by, team=team, at=at, stream=stream_of(None), name=name.name)
    name.delete()
    return device


@command
def ignore(name: UnknownName, *, by: Any, team: Team | None, at: datetime) -> None:
    """It is none of ours: what it sends is kept, and raises nothing."""
    name = _locked(name)
    name.ignored_at, name.ignored_by = at, by
    name.save(update_fields=["ignored_at", "ignored_by"])
    record("device.ignored", name, by=by, team=team, at=at, stream=stream_of(None), name=name.name)


@command
def heed(name: UnknownName, *, by: Any, team: Team | None, at: datetime) -> None:
    """It is listed again."""
    name = _locked(name)
    name.ignored_at, name.ignored_by = None, None
    name.save(update_fields=["ignored_at", "ignored_by"])
    record("device.heeded", name, by=by, team=team, at=at, stream=stream_of(None), name=name.name)


def _locked(name: UnknownName) -> UnknownName:
    found = UnknownName.objects.select_for_update(of=("self",)).filter(pk=name.pk).first()
    if found is None:
        raise Refusal(_("この名前は、ほかの人がもう登録しました。"))
    return found


def _new(title: str) -> Device:
    if len(title) > 100:
        raise _blamed(_("機器名は100文字までにしてください。"))
    if Device.objects.filter(name__iexact=title).exists():
        raise _blamed(_("同じ名前の機器がすでにあります。その機器を選んでください。"))
    return Device.objects.create(name=title)


def _blamed(sentence: str) -> Refusal:
    return Refusal(sentence, errors={"title": sentence})
