"""Item: one thing that a tool said, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

#: Levels as in syslog (RFC 5424): 0 is the worst, 7 the least.
EMERGENCY, CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG = 0, 2, 3, 4, 5, 6, 7
PROBLEM, RECOVERED, LINE = "problem", "recovered", "line"


class Unreadable(ValueError):
    """The body is no JSON; `str()` is the sentence to send back (400)."""


class Unsound(ValueError):
    """The body is JSON of another shape than its source sends; `str()` is the sentence (422)."""


@dataclass(frozen=True)
class Item:
    """`what`: PROBLEM and RECOVERED are a tool's own judgement, a LINE is judged by our rules.

    `names` may name the device, the likeliest first. `mark` is the tool's name of the fault, the same while
    it lasts; `ref` that of this event: the same one twice is one. `said_at` is the tool's clock."""

    what: str
    names: tuple[str, ...]
    title: str
    said: str = ""
    level: int = ERROR
    program: str = ""
    mark: str = ""
    ref: str = ""
    watch: str = ""
    said_at: datetime | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
