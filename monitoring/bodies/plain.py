"""Plain JSON events: what syslog-ng, rsyslog, Windows event forwarders and scripts send, by their own names.

One object, a list of them, or one a line. Without `status` it is a line of a log, judged by our rules; with
"problem" or "recovered" the sender judged it, and `id` (or its title) says of what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from .item import ERROR, LINE, NOTICE, PROBLEM, RECOVERED, WARNING, Item, Unsound
from .text import evidence_of, level_of, line, mapping, moment, names_of, plain, ref_of

HOSTS = (
    "host", "HOST", "hostname", "Hostname", "host.name", "winlog.computer_name", "Computer", "MachineName",
    "device", "source_host",
)  # fmt: skip
WORDS = ("message", "MESSAGE", "Message", "msg", "text")
LEVELS = (
    "severity", "LEVEL", "PRIORITY", "log.level", "level", "LevelDisplayName", "Level", "priority",
)  # fmt: skip
PROGRAMS = (
    "app", "PROGRAM", "program", "event.provider", "winlog.provider_name", "ProviderName", "Channel", "tag",
)  # fmt: skip
TIMES = ("time", "ISODATE", "@timestamp", "timestamp", "TimeCreated", "date")
#: Levels of Windows events: 1 critical, 2 error, 3 warning, 4 information, 5 verbose, 0 always logged.
WINDOWS = {0: 6, 1: 2, 2: 3, 3: 4, 4: 6, 5: 7}
SYSLOG = {n: n for n in range(8)}
STATES = {
    "problem": PROBLEM, "firing": PROBLEM, "down": PROBLEM, "bad": PROBLEM, "ng": PROBLEM, "warning": PROBLEM,
    "recovered": RECOVERED, "resolved": RECOVERED, "ok": RECOVERED, "up": RECOVERED,
}  # fmt: skip


def events(data: Any) -> list[Item]:
    """The items of a body; Unsound if one of them is no event."""
    rows = data if isinstance(data, list) else [data]
    if not rows:
        raise Unsound(_("イベントが1件もありません。"))
    return [_event(mapping(row)) for row in rows]


def _event(row: Mapping[str, Any]) -> Item:
    said = plain(_first(row, WORDS)) or _varbinds(row)
    title = line(row.get("title")) or line(said)
    if not title:
        raise Unsound(_("messageのないイベントがあります。"))
    what = STATES.get(plain(row.get("status"), 20).lower(), LINE)
    names = names_of(*(_at(row, path) for path in HOSTS))
    mark = "" if what == LINE else ref_of(line(row.get("id")) or title, *names[:1])
    return Item(
        what=what,
        names=tuple(_address(name) for name in names),
        title=title,
        said=said,
        level=WARNING if row.get("status") == "warning" else _level(row),
        program=line(_first(row, PROGRAMS), 100),
        mark=mark,
        ref=ref_of(line(row.get("event_id"))),
        watch=line(row.get("watch"), 20),
        said_at=moment(_first(row, TIMES)),
        evidence=evidence_of(row),
    )


def _at(row: Mapping[str, Any], path: str) -> Any:
    """The value under `path`, as a name with a dot or as a step into the object."""
    if path in row:
        return row[path]
    head, _dot, rest = path.partition(".")
    inner = row.get(head)
    return _at(inner, rest) if rest and isinstance(inner, Mapping) else None


def _first(row: Mapping[str, Any], paths: tuple[str, ...]) -> Any:
    found = (_at(row, path) for path in paths)
    return next((v for v in found if v not in (None, "") and not isinstance(v, Mapping | list)), None)


def _level(row: Mapping[str, Any]) -> int:
    """Of a line that says none: notice; of a problem: error."""
    is_windows = any(_at(row, p) for p in ("ProviderName", "winlog.provider_name", "Channel", "LogName"))
    for path in LEVELS:
        value = _at(row, path)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 1:
            value = int(value)
        if (found := level_of(value, WINDOWS if is_windows else SYSLOG)) is not None:
            return found
    return NOTICE if plain(row.get("status")) == "" else ERROR


def _varbinds(row: Mapping[str, Any]) -> str:
    """The words of an SNMP trap: 「OID 値」, one a line; text that snmptrapd shows as hex is read."""
    rows = row.get("varbinds")
    pairs = [r for r in rows if isinstance(r, list) and len(r) == 2] if isinstance(rows, list) else []
    return "\n".join(f"{plain(oid, 200)} {_octets(plain(value, 1000))}" for oid, value in pairs[:100])


def _octets(text: str) -> str:
    """ "65 74 68 30 " → eth0; anything else as it is."""
    inner = text.strip('"').strip()
    pieces = inner.split(" ")
    if len(pieces) < 2 or not all(len(p) == 2 for p in pieces):
        return text
    try:
        return plain(bytes.fromhex(inner).decode())
    except ValueError:
        return text


def _address(name: str) -> str:
    """UDP: [10.1.2.3]:56262->[10.1.0.1]:162, as snmptrapd names its sender, is 10.1.2.3."""
    if name.startswith(("UDP: [", "TCP: [")):
        return name.partition("[")[2].partition("]")[0]
    return name
