"""How far a person reads of monitoring: by the marks on rows 57–60, and on the duties of heartbeats."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from opsdesk.accounts.models import Organization, Team
from raci.access import standing_of
from raci.models import Edition, Mark
from raci.outline import Line, outline_of

from .models.watch import KEYS

#: Duty keys of the four rows of monitoring.
ROWS = frozenset(KEYS.values())


def line_on(today: date, key: int) -> Line | None:
    """The duty with `key` in the edition in force on `today`."""
    edition = Edition.objects.in_force(today).first()
    return outline_of(edition.pk).keys.get(key) if edition else None


def keys_of(team: Team, today: date, marks: Iterable[str | None] = Mark.values) -> frozenset[int]:
    """Keys of the duties on which the team has one of `marks` in the edition in force on `today`."""
    edition = Edition.objects.in_force(today).first()
    lines = outline_of(edition.pk).keys if edition else {}
    return frozenset(key for key, line in lines.items() if line.marks.get(team.role_id) in marks)


def devices_of(user: Any, today: date) -> Q:
    """The devices that somebody reads, for a queryset of Device."""
    standing = standing_of(user, today)
    if standing.is_union:
        return Q()
    seen = Q(pk__in=[])
    for team in standing.teams:
        if keys_of(team, today) & ROWS:
            seen |= _place(team)
    return seen


def alerts_of(user: Any, today: date) -> Q:
    """The alerts that somebody reads: of the rows on which a team of theirs has a mark."""
    standing = standing_of(user, today)
    if standing.is_union:
        return Q()
    seen = Q(pk__in=[])
    for team in standing.teams:
        seen |= Q(key__in=keys_of(team, today)) & _place(team)
    return seen


def _place(team: Team) -> Q:
    """A municipality reads its own and the shared, a vendor all."""
    if team.role.kind != Organization.Kind.MEMBER:
        return ~Q(pk__in=[])
    return Q(organization=None) | Q(organization=team.organization_id)


def editors(user: Any, today: date) -> list[Team]:
    """The person's teams with ◎ on 死活監視 (58): they keep the devices and checks."""
    main = (Mark.MAIN.value,)
    teams = standing_of(user, today).teams
    return [t for t in teams if KEYS["liveness"] in keys_of(t, today, main)]  # type: ignore[index]
