"""The table of eras: filled from fixtures/eras.json, offered to opsdesk.lib.era."""

import json
from datetime import date, datetime
from typing import Any

from django.conf import settings

from opsdesk.audit.record import command
from opsdesk.lib import era

from .closing import add
from .models import Era


def rows() -> list[era.Era]:
    """The stored eras; empty before the first filling."""
    return [era.Era(*row) for row in Era.objects.values_list("starts_on", "name", "letter")]


@command
def fill(*, by: Any, at: datetime) -> int:
    """Add the eras of the fixture whose first day is not stored yet. Returns how many were added."""
    there = set(Era.objects.values_list("starts_on", flat=True))
    fixture = json.loads((settings.BASE_DIR / "fixtures" / "eras.json").read_text(encoding="utf-8"))
    missing = [
        f for f in (row["fields"] for row in fixture) if date.fromisoformat(f["starts_on"]) not in there
    ]
    for fields in missing:
        add(Era(**fields), by=by, at=at)
    return len(missing)
