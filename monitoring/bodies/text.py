"""JSON from outside as plain text that a database can hold: no NUL, no half characters, no endless depth."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from .item import CRITICAL, DEBUG, ERROR, INFO, NOTICE, WARNING, Unreadable, Unsound

TOKYO = ZoneInfo("Asia/Tokyo")
TITLE_LIMIT, SAID_LIMIT, NAME_LIMIT, REF_LIMIT = 200, 4000, 255, 200
EVIDENCE_LIMIT = 8000
#: The years of which a tool can speak: a clock that is not set is no time.
YEARS = range(2000, 2101)
LEVELS = {
    "emerg": 0, "emergency": 0, "panic": 0, "alert": 1, "disaster": 1, "crit": CRITICAL, "critical": CRITICAL,
    "fatal": CRITICAL, "重大": CRITICAL, "err": ERROR, "error": ERROR, "high": ERROR, "average": ERROR,
    "エラー": ERROR, "warn": WARNING, "warning": WARNING, "警告": WARNING, "notice": NOTICE, "info": INFO,
    "information": INFO, "informational": INFO, "情報": INFO, "none": INFO, "debug": DEBUG, "verbose": DEBUG,
}  # fmt: skip


def parsed(body: bytes, *, lines: bool = False) -> Any:
    """The JSON of `body` (UTF-8, with or without BOM); with `lines` also one JSON a line, as a list."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_("UTF-8の文字として読めません。")) from None
    try:
        return _loads(text)
    except Unreadable:
        rows = [row for row in text.splitlines() if row.strip()]
        if not lines or len(rows) < 2:
            raise
        return [_loads(row) for row in rows]


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(_("JSONとして読めません。")) from None


def plain(value: Any, limit: int = SAID_LIMIT) -> str:
    """A value as text of at most `limit` characters, without what no database keeps."""
    if value is None or isinstance(value, bool | Mapping | list):
        return ""
    text = str(value) if not isinstance(value, str) else value
    text = text.replace("\0", "").encode("utf-8", "replace").decode().strip("\ufeff \t\r\n")
    return text[:limit]


def line(value: Any, limit: int = TITLE_LIMIT) -> str:
    """The first `limit` characters of a value, on one line."""
    return " ".join(plain(value).split())[:limit]


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` if it is an object; Unsound if not."""
    if not isinstance(value, Mapping):
        raise Unsound(_("JSONのオブジェクト({…})ではありません。"))
    return value


def evidence_of(data: Mapping[str, Any]) -> dict[str, str]:
    """The plain values of an object, and of objects in it with a dot (host.name), up to EVIDENCE_LIMIT."""
    found: dict[str, str] = {}
    left = EVIDENCE_LIMIT
    for key, value in _flat(data):
        text = plain(value, min(left, 2000))
        if text and left > 0:
            found[key] = text
            left -= len(key) + len(text)
    return found


def _flat(data: Mapping[str, Any], before: str = "", depth: int = 0) -> Any:
    for name, value in data.items():
        key = f"{before}{plain(name, 60)}"
        if isinstance(value, Mapping) and depth < 3:
            yield from _flat(value, f"{key}.", depth + 1)
        elif isinstance(value, list):
            yield key, json.dumps(value, ensure_ascii=False)[:2000] if depth < 3 and len(value) < 50 else ""
        else:
            yield key, value


def names_of(*values: Any) -> tuple[str, ...]:
    """What may be a device's name, each once."""
    return tuple(dict.fromkeys(filter(None, (line(value, NAME_LIMIT) for value in values))))


def ref_of(*parts: Any) -> str:
    """The name of one event, of at most REF_LIMIT characters; "" if its first part is empty."""
    if not parts[0]:
        return ""
    text = "|".join(plain(part) for part in parts)
    return text if len(text) <= REF_LIMIT else hashlib.sha256(text.encode()).hexdigest()


def level_of(value: Any, numbers: Mapping[int, int] | None = None) -> int | None:
    """The level that a word or (by `numbers`) a number means; None if it means none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (numbers or {}).get(value)
    return LEVELS.get(plain(value, 20).lower())


def moment(value: Any) -> datetime | None:
    """ISO 8601, /Date(ms)/, or seconds since 1970; without a zone it is Tokyo's. None for what is none."""
    try:
        found = _moment(value)
        if found is None or found.year not in YEARS:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=TOKYO)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    text = plain(value, 60)
    if match := re.fullmatch(r"/Date\((\d{1,15})(?:[+-]\d{4})?\)/", text):
        return datetime.fromtimestamp(int(match[1]) / 1000, UTC)
    text = re.sub(r"(\.\d{6})\d+", r"\1", text)  # Go counts in nanoseconds
    return parse_datetime(text)
