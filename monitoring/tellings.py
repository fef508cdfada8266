"""How the notices of monitoring read, and where they lead."""

from __future__ import annotations

from opsdesk.notices.words import Telling

TELLINGS: dict[str, Telling] = {}
