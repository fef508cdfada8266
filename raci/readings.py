"""Where the source sheet is ambiguous, and how this system reads it; from fixtures/readings.json. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from .fixture import FIXTURES


@dataclass(frozen=True)
class Reading:
    """One reading; `keys` are those of the duties that it is about, () for all of the sheet."""

    number: int
    title: str
    text: str
    keys: tuple[int, ...]


@cache
def readings() -> tuple[Reading, ...]:
    return tuple(Reading(**{**row, "keys": tuple(row["keys"])}) for row in _source()["readings"])


def levels_text() -> str:
    """How the hours of a level are counted."""
    return _source()["levels"]["text"]


@cache
def _source() -> dict[str, Any]:
    return json.loads((FIXTURES / "readings.json").read_text(encoding="utf-8"))
