"""What tools of the field send in, read: a body of bytes becomes Items, or is refused in words. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from .alertmanager import alerts
from .item import EMERGENCY, Item, Unreadable, Unsound
from .plain import events
from .text import parsed
from .zabbix import event

__all__ = ["EMERGENCY", "ITEMS_LIMIT", "Item", "Unreadable", "Unsound", "read"]

#: Items that one body may hold.
ITEMS_LIMIT = 1000
READERS: dict[str, Callable[[Any], list[Item]]] = {
    "alertmanager": alerts,
    "zabbix": event,
    "event": events,
}


def read(kind: str, body: bytes) -> list[Item]:
    """The items of `body`, sent by a source of `kind`. Unreadable if it is no JSON, Unsound if it is not what
    such a source sends. All or nothing: one wrong item refuses the whole body."""
    data = parsed(body, lines=kind == "event")
    items = READERS[kind](data)
    if len(items) > ITEMS_LIMIT:
        raise Unsound(_("一度に送れるのは%(limit)s件までです。") % {"limit": ITEMS_LIMIT})
    return items
