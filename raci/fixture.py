"""The first edition, from fixtures/duties.json: the 60 rows of the sheet and our settings of each."""

import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from opsdesk.accounts.models import Role, User
from opsdesk.audit.record import command, record

from .content import fill
from .editions import publish, stream
from .models import Edition

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


@command
def load(*, in_force_on: date, by: User | None, at: datetime) -> Edition:
    """Make and publish the first edition, in force from `in_force_on`; change nothing if it is there."""
    there = Edition.objects.filter(number=1).first()
    if there:
        return there
    content = source()
    last = max(row["key"] for row in content["duties"])
    edition = Edition.objects.create(number=1, title=content["title"], created_at=at, last_key=last)
    fill(edition, content["duties"], roles())
    record("edition.loaded", edition, by=by, at=at, stream=stream(), duties=len(content["duties"]))
    return publish(edition, by=by, at=at, in_force_on=in_force_on)


def roles() -> dict[str, Role]:
    """The roles of fixtures/roles.json by code, made where missing; one that is there keeps its name."""
    rows = json.loads((FIXTURES / "roles.json").read_text(encoding="utf-8"))
    Role.objects.bulk_create([Role(**row) for row in rows], ignore_conflicts=True)
    return {r.code: r for r in Role.objects.all()}


@cache
def source() -> dict[str, Any]:
    """The content of fixtures/duties.json."""
    content: dict[str, Any] = json.loads((FIXTURES / "duties.json").read_text(encoding="utf-8"))
    return content
