"""Commands on roles: the columns of the matrix are data."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from .changes import apply, locked
from .models import Role, User
from .streams import stream_of

FIXTURE = settings.BASE_DIR / "fixtures" / "roles.json"


@command
def create(*, code: str, name: str, kind: str, by: User | None, at: datetime, position: int = 0) -> Role:
    """A new column of the matrix; raises Refusal for a code that is taken."""
    if Role.objects.filter(code=code).exists():
        raise Refusal(_("コード %(code)s の役割はすでにあります。") % {"code": code})
    role = Role.objects.create(code=code, name=name, kind=kind, position=position)
    record("role.created", role, by=by, at=at, stream=stream_of(None), name=name)
    return role


@command
def change(role: Role, *, by: User | None, at: datetime, **values: Any) -> Role:
    """Change a role's name or place."""
    role = locked(role)
    changed = apply(role, values)
    if changed:
        record("role.changed", role, by=by, at=at, stream=stream_of(None), name=role.name, changed=changed)
    return role


@command
def load(*, by: User | None, at: datetime) -> int:
    """Create the roles of fixtures/roles.json that are missing, and return how many were."""
    known = set(Role.objects.values_list("code", flat=True))
    missing = [row for row in json.loads(FIXTURE.read_text()) if row["code"] not in known]
    for row in missing:
        create(**row, by=by, at=at)
    return len(missing)
