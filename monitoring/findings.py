"""Finding: what a check or a tool says is wrong, before it is an alert. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opsdesk.accounts.models import Organization
from tasks.models import Task

from .models import Check, Device, Heartbeat, Source, State

TITLE_LIMIT, SAID_LIMIT = 200, 4000


@dataclass(frozen=True)
class Finding:
    """`fingerprint` is the same for the same fault; `said` are the tool's words, `evidence` (JSON, no NUL)
    what came with them. `ref`: the source's own number of this event: the same one twice is one event.

    `key` and `task` are a heartbeat's: whose marks say who reads it, the open task it is
    about, and whose it is."""

    fingerprint: str
    watch: str
    title: str
    said: str = ""
    state: str = State.DOWN
    device: Device | None = None
    check: Check | None = None
    source: Source | None = None
    heartbeat: Heartbeat | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    ref: str = ""
    key: int | None = None
    task: Task | None = None
    place: Organization | None = None


def fingerprint(*parts: Any) -> str:
    """64 letters that stand for `parts`; ("check", 7), ("source", 2, "disk full on db01")."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
