"""How far a person reads of monitoring: by the marks on rows 57–60, and on the duties of heartbeats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from opsdesk.accounts.models import Organization, Team
from opsdesk.accounts.request import Request
from raci.access import standing_of
from raci.models import Edition, Mark
from raci.outline import Line, outline_of

from .models.watch import KEYS

#: Duty keys of the four rows of monitoring.
ROWS = frozenset(KEYS.values())


def lines_on(today: date) -> Mapping[int, Line]:
    """The duties of the edition in force on `today`, by key."""
    edition = Edition.objects.in_force(today).first()
    return outline_of(edition.pk).keys if edition else {}


def line_on(today: date, key: int) -> Line | None:
    """The duty with `key` in the edition in force on `today`."""
    return lines_on(today).get(key)


def lines_for(user: Any, today: date) -> Mapping[int, Line]:
    """The same, asked once a request: the answer stays on the user object."""
    kept = getattr(user, "_lines_on", None)
    if kept is None or kept[0] != today:
        kept = (today, lines_on(today))
        user._lines_on = kept
    return kept[1]


def keys_of(
    team: Team, lines: Mapping[int, Line], marks: Iterable[str | None] = Mark.values
) -> frozenset[int]:
    """Keys of the duties on which the team has one of `marks`."""
    return frozenset(key for key, line in lines.items() if line.marks.get(team.role_id) in marks)


def devices_of(user: Any, today: date) -> Q:
    """The devices that somebody reads, for a queryset of Device."""
    standing = standing_of(user, today)
    if standing.is_union:
        return Q()
    seen = Q(pk__in=[])
    for team in standing.teams:
        if keys_of(team, lines_for(user, today)) & ROWS:
            seen |= _place(team)
    return seen


def alerts_of(user: Any, today: date) -> Q:
    """The alerts that somebody reads: of the rows on which a team of theirs has a mark."""
    standing = standing_of(user, today)
    if standing.is_union:
        return Q()
    seen = Q(pk__in=[])
    for team in standing.teams:
        seen |= Q(key__in=keys_of(team, lines_for(user, today))) & _place(team)
    return seen


def _place(team: Team) -> Q:
    """A municipality reads its own and the shared, a vendor all."""
    if team.role.kind != Organization.Kind.MEMBER:
        return ~Q(pk__in=[])
    return Q(organization=None) | Q(organization=team.organization_id)


def reads_monitoring(request: Request) -> bool:
    """For the menu: who has a mark on a row of monitoring, and the union."""
    standing = standing_of(request.user, request.today)
    return standing.is_union or any(
        keys_of(team, lines_for(request.user, request.today)) & ROWS for team in standing.teams
    )


def editors(user: Any, today: date) -> list[Team]:
    """The person's teams with ◎ on 死活監視 (58): they keep the devices and checks."""
    main, lines = (Mark.MAIN.value,), lines_for(user, today)
    teams = standing_of(user, today).teams
    return [t for t in teams if KEYS["liveness"] in keys_of(t, lines, main)]  # type: ignore[index]
