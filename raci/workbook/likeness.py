"""What two sheets show alike, and digests of it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from raci.content import Row
from raci.matrix import resolved


def squeezed(text: str) -> str:
    """`text` without spaces and line ends: for finding a row again, never for storing."""
    return "".join(text.split())


def groups(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Category and section of each row in full: cells that are blank, and merged ones over two lines,
    read the same."""
    names = resolved([SimpleNamespace(category=r["category"], section=r["section"]) for r in rows])
    return [(_one_line(category), _one_line(section)) for category, section in names]


def _one_line(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n(", "(")


def shown(rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """What a reader of the sheet sees of `rows`; equal if and only if it looks the same."""
    return [
        [row["number"], *names, row["work"], row.get("note", ""), row["cycle"], sorted(row["marks"].items())]
        for row, names in zip(rows, groups(rows), strict=True)
    ]


def digest(rows: Sequence[Mapping[str, Any]]) -> str:
    """Of what is shown."""
    return _sha(shown(rows))


def whole_digest(rows: Sequence[Row]) -> str:
    """Of everything, settings included."""
    return _sha(list(rows))


def _sha(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=True, sort_keys=True).encode()).hexdigest()
