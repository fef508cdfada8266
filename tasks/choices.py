"""Question: the teams and organizations that a person may filter by; how a team is named in URLs."""

from collections.abc import Iterable
from time import monotonic
from typing import Any, NamedTuple

from opsdesk.accounts.models import Organization, Team
from raci.access import Standing

KIND = Organization.Kind


class TeamChoice(NamedTuple):
    """A team as a filter needs it; of several in a row that held one role, the newest."""

    pk: int
    role_id: int
    kind: str
    role_code: str
    name: str
    organization_id: int
    organization_code: str
    organization_name: str

    @property
    def code(self) -> str:
        return team_code(self.kind, self.role_code, self.organization_code)

    @property
    def is_member(self) -> bool:
        return self.kind == KIND.MEMBER


def team_code(kind: str, role_code: str, organization_code: str) -> str:
    """The team's name in URLs: the role's code, of a municipality its own."""
    return organization_code if kind == KIND.MEMBER else role_code


def code_of(team: Team) -> str:
    """`team_code` of a team whose role and organization are loaded."""
    return team_code(team.role.kind, team.role.code, team.organization.code)


KEEP = 60.0  # seconds; a new team shows in every process after that
_kept: tuple[float, tuple[TeamChoice, ...]] | None = None


def all_teams() -> tuple[TeamChoice, ...]:
    """Every team there is or was, in the sheet's order, the newest of a role and organization first."""
    global _kept
    if _kept is None or monotonic() - _kept[0] > KEEP:
        rows = Team.objects.order_by("role__position", "organization__position", "-starts_on").values_list(
            "pk",
            "role_id",
            "role__kind",
            "role__code",
            "name",
            "organization_id",
            "organization__code",
            "organization__short_name",
        )
        _kept = monotonic(), tuple(map(TeamChoice._make, rows))
    return _kept[1]


def forget() -> None:
    """Ask anew; tests that roll their database back call it."""
    global _kept
    _kept = None


def teams_for(standing: Standing) -> list[TeamChoice]:
    """Every team by whose work the person may filter: a municipality sees no other one."""
    if {team.pk for team in standing.teams} - {row.pk for row in all_teams()}:
        forget()  # mine is younger than what is kept
    own = {team.organization_id for team in standing.teams}
    members_only = all(team.role.kind == KIND.MEMBER for team in standing.teams)
    found: dict[str, TeamChoice] = {}
    for row in all_teams():
        if not (row.is_member and members_only and row.organization_id not in own):
            found.setdefault(row.code, row)
    return list(found.values())


def organizations_of(teams: Iterable[TeamChoice]) -> list[tuple[str, str, int]]:
    """(code, name, id) of the organizations that have tasks: the union (common ones), the municipalities."""
    return [
        (t.organization_code, t.organization_name, t.organization_id) for t in teams if t.kind != KIND.VENDOR
    ]


def member_names() -> dict[str, str]:
    """Names of the municipalities by code, in order."""
    return {t.organization_code: t.organization_name for t in all_teams() if t.is_member}


def by_code(teams: Iterable[Any]) -> dict[str, Any]:
    return {team.code: team for team in teams}
