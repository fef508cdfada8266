"""How far a person reads: by team the duties with a mark, and the cases along whose chain it has one."""

from __future__ import annotations

from typing import NamedTuple

from opsdesk.accounts.models import Organization
from raci.access import Standing

from .casegraph import entries_read_by


class Arm(NamedTuple):
    """One team: ids of duties with its marks, and of entry duties whose cases it reads."""

    team: int
    organization: int
    is_member: bool
    union: int | None
    duties: tuple[int, ...]
    entries: tuple[int, ...]


#: None reads everything.
Reach = tuple[Arm, ...] | None


def reach_of(standing: Standing) -> Reach:
    """The union reads everything, a municipality its own and the common, a vendor all it has a mark on; of
    the cases along whose chain it has a mark a municipality those that concern it, a vendor all."""
    if standing.is_union:
        return None
    return tuple(
        Arm(
            team.pk,
            team.organization_id,
            team.role.kind == Organization.Kind.MEMBER,
            standing.union_id,
            tuple(standing.duties_of(team)),
            tuple(sorted(pk for e in standing.editions for pk in entries_read_by(e, team.role_id))),
        )
        for team in standing.teams
    )
