"""What the lint knows besides the rows: teams and their people, confirmations, procedures, the calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, Value

from opsdesk.accounts.models import Role, Team
from opsdesk.calendar.book import calendar_of
from opsdesk.calendar.days import Calendar
from raci.models import Confirmation

from .models import Procedure


@dataclass(frozen=True)
class RoleFacts:
    """A role's name, and its teams that stand today or later, each with how many people can act for it."""

    name: str
    teams: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True)
class Facts:
    """`confirmed`: (key, fingerprint) of duties' settings; `procedures`: keys that have one."""

    today: date
    calendar: Calendar
    roles: Mapping[str, RoleFacts] = field(default_factory=dict)
    confirmed: frozenset[tuple[int, str]] = frozenset()
    procedures: frozenset[int] = frozenset()


def facts_on(today: date) -> Facts:
    """Three statements, however many duties, teams and people. Dates go by the union's calendar."""
    confirmed, procedures = _by_key()
    return Facts(today, calendar_of(), _roles(today), confirmed, procedures)


def _roles(today: date) -> dict[str, RoleFacts]:
    """By code. A team that begins later counts with the people that it will have then."""
    member = Q(memberships__user__is_active=True) & (
        Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today)
    )
    teams = Team.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today)).annotate(
        people=Count("memberships__user", distinct=True, filter=member)
    )
    names = Role.objects.order_by().annotate(team=Value(""), people=Value(-1))
    rows = names.values_list("code", "name", "team", "people").union(
        teams.order_by().values_list("role__code", "role__name", "name", "people"), all=True
    )
    found: dict[str, RoleFacts] = {}
    for code, name, team, people in sorted(rows):
        known = found.get(code, RoleFacts(name))
        found[code] = known if people < 0 else RoleFacts(name, [*known.teams, (team, people)])
    return found


def _by_key() -> tuple[frozenset[tuple[int, str]], frozenset[int]]:
    """Confirmations that hold, and the duties with a procedure in force."""
    said = Confirmation.objects.filter(about=Confirmation.About.DUTY).order_by()
    written = Procedure.objects.current().order_by().annotate(fingerprint=Value(""), gone=Value(False))
    rows = said.values_list("pk", "key", "fingerprint", "is_withdrawal").union(
        written.values_list("pk", "key", "fingerprint", "gone"), all=True
    )
    last: dict[tuple[int, str], bool] = {}
    for _pk, key, mark, is_withdrawal in sorted(rows):
        last[key, mark] = not is_withdrawal
    held = {place for place, holds in last.items() if holds}
    return frozenset(p for p in held if p[1]), frozenset(key for key, mark in held if not mark)
