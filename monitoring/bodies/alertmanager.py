"""Alertmanager's webhook, version 4: firing and resolved alerts; one fingerprint and start are one event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from .item import ERROR, PROBLEM, RECOVERED, WARNING, Item, Unsound
from .text import evidence_of, level_of, line, mapping, moment, names_of, plain, ref_of

#: Labels that may hold the name of the device, the likeliest first.
LABELS = ("host", "hostname", "device_name", "nodename", "node", "instance", "target")


def alerts(data: Any) -> list[Item]:
    """The items of one webhook; Unsound if it is none."""
    body = mapping(data)
    rows = body.get("alerts")
    if plain(body.get("version")) != "4" or not isinstance(rows, list):
        raise Unsound(_("Alertmanagerのwebhook(version 4)ではありません。"))
    return [_alert(mapping(row)) for row in rows]


def _alert(row: Mapping[str, Any]) -> Item:
    labels, notes = mapping(row.get("labels") or {}), mapping(row.get("annotations") or {})
    mark, status = plain(row.get("fingerprint"), 100), row.get("status")
    if not mark or status not in ("firing", "resolved"):
        raise Unsound(_("alertsの中に、fingerprintかstatusのないものがあります。"))
    name = line(labels.get("alertname"))
    is_over = status == "resolved"
    return Item(
        what=RECOVERED if is_over else PROBLEM,
        names=names_of(*(labels.get(label) for label in LABELS)),
        title=line(notes.get("summary")) or name or mark,
        said="\n".join(filter(None, (plain(notes.get("description")), name))),
        level=_level(labels),
        program=line(labels.get("job"), 100),
        mark=mark,
        ref=ref_of(mark, row.get("startsAt"), *(["resolved"] if is_over else [])),
        watch=line(labels.get("watch"), 20),
        said_at=moment(row.get("endsAt" if is_over else "startsAt")),
        evidence=evidence_of({"labels": labels, "annotations": notes, "url": row.get("generatorURL")}),
    )


def _level(labels: Mapping[str, Any]) -> int:
    """By the label severity; "page" and what else a site invents is an error."""
    found = level_of(labels.get("severity"))
    return ERROR if found is None else min(found, WARNING)
