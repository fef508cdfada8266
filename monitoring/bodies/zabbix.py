"""Zabbix's webhook, with the parameters that docs/administration.ja.md lists: a problem or its recovery."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from .item import ERROR, PROBLEM, RECOVERED, WARNING, Item, Unsound
from .text import TOKYO, evidence_of, line, mapping, moment, names_of, plain, ref_of

#: Parameters that are no evidence.
SECRETS = frozenset({"token", "url", "HTTPProxy"})


def event(data: Any) -> list[Item]:
    """The one item of a webhook; Unsound if it is none."""
    body = mapping(data)
    number, value = plain(body.get("event_id"), 60), plain(body.get("event_value"), 1)
    if not number or value not in ("0", "1"):
        raise Unsound(_("Zabbixのwebhookではありません(event_idとevent_valueが要ります)。"))
    is_over = value == "0"
    title = line(body.get("trigger_name")) or line(body.get("subject")) or number
    return [
        Item(
            what=RECOVERED if is_over else PROBLEM,
            names=names_of(body.get("host"), body.get("host_name"), body.get("host_ip")),
            title=title,
            said="\n".join(filter(None, (plain(body.get("message")), plain(body.get("opdata"), 200)))),
            level=ERROR if _severity(body) >= 3 else WARNING,
            mark=ref_of(plain(body.get("trigger_id"), 60) or number, line(body.get("host"))),
            ref=ref_of(number, *(["resolved"] if is_over else [])),
            watch=_watch(body.get("tags")),
            said_at=_time(body, "recovery" if is_over else "event"),
            evidence=evidence_of({k: v for k, v in body.items() if k not in SECRETS and not _is_macro(v)}),
        )
    ]


def _severity(body: Mapping[str, Any]) -> int:
    """0 (not classified) to 5 (disaster); what is not said is an average one."""
    text = plain(body.get("nseverity"), 1)
    return int(text) if text in tuple("012345") else 3


def _is_macro(value: Any) -> bool:
    """{EVENT.RECOVERY.DATE}: Zabbix leaves a macro that has no value as it is."""
    return isinstance(value, str) and value.startswith("{") and value.endswith("}") and "." in value


def _watch(tags: Any) -> str:
    """The value of the tag `watch`, in the JSON of {EVENT.TAGSJSON}."""
    try:
        rows = json.loads(tags) if isinstance(tags, str) else tags
    except (ValueError, RecursionError):
        return ""
    found = [r for r in rows if isinstance(r, Mapping)] if isinstance(rows, list) else []
    return next((line(r.get("value"), 20) for r in found if r.get("tag") == "watch"), "")


def _time(body: Mapping[str, Any], which: str) -> datetime | None:
    """2026.11.22 and 10:06:30, of Tokyo."""
    day, hour = plain(body.get(f"{which}_date"), 10), plain(body.get(f"{which}_time"), 8)
    try:
        return moment(
            datetime.strptime(f"{day} {hour}", "%Y.%m.%d %H:%M:%S").replace(tzinfo=TOKYO).isoformat()
        )
    except ValueError:
        return None
