"""The command by which a municipality joins: the organization, and the team that holds its work."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.audit.record import command
from opsdesk.lib.refusal import Refusal

from . import organizations, teams
from .models import Organization, Role, User


@command
def join(
    *, code: str, name: str, joined_on: date, by: User | None, at: datetime, **fields: Any
) -> Organization:
    """A new municipality from `joined_on`, with a team of 構成団体 from that day on.

    Raises Refusal for a code that is taken, and if no role is there for municipalities."""
    role = Role.objects.filter(kind=Organization.Kind.MEMBER).first()
    if role is None:
        raise Refusal(_("構成団体の役割がありません。先に役割を登録してください。"))
    kind = Organization.Kind.MEMBER
    made = organizations.create(code=code, kind=kind, name=name, joined_on=joined_on, by=by, at=at, **fields)
    teams.create(role, organization=made, starts_on=joined_on, by=by, at=at)
    return made
