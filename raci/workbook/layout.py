"""Where things stand in the workbook, and what a cell of it can hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from raci.content import PLAIN, SCHEDULE, SETTINGS

#: Raised when an older opsdesk could not read what is written.
FORMAT = 1
PAPER_NAME, FLAT_NAME, ABOUT_NAME = "作業分担表", "データ", "opsdesk"

TEXTS = ("category", "section", "work", "note")
ROLE = "role:"  # before the code of a role in the head of its column
#: Settings that are one word each, and those that are JSON.
WORDS = tuple(name for name in SETTINGS if name != "standard_due")
#: Settings that came later: a workbook of before has no column for them, and they have their defaults.
LATER = ("case_kind", "comment_audience")
RULE = tuple(f"schedule.{name}" for name in SCHEDULE)
DOCUMENTS = ("standard_due", "fields", "signers", "followups")
YES = "1"

#: Code points of one cell: the format takes 32,767 UTF-16 units, and what is longer is silently cut.
MOST_IN_CELL = 16_000


def columns(roles: Mapping[str, str]) -> list[str]:
    """The heads of the flat sheet, without the continuations of long documents."""
    marks = [f"{ROLE}{code}" for code in roles]
    return [*PLAIN, *marks, "parent", *WORDS, "schedule", *RULE, *DOCUMENTS]


def document(value: Any) -> str:
    """JSON as it stands in a cell."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def pieces(text: str) -> list[str]:
    """`text` cut so that each piece fits a cell; [] of nothing."""
    return [text[at : at + MOST_IN_CELL] for at in range(0, len(text), MOST_IN_CELL)]
