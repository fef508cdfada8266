"""Rights from marks: what a user may do with a duty's tasks, resolved at read time by the teams of today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from django.db.models import CharField, QuerySet, Subquery, Value

from opsdesk.accounts.access import memberships_on
from opsdesk.accounts.models import Organization, Team
from opsdesk.lib.joined import JoinedRows, joined_rows
from opsdesk.lib.statement import Statement

from .models import Assignment, Edition, Mark, Signer

#: Strength of a mark: the strongest of several teams counts.
STRENGTH = {Mark.MAIN.value: 3, Mark.SUPPORT.value: 2, Mark.RELATED.value: 1}


@dataclass(frozen=True)
class Standing:
    """The teams a user is in on a day, and their roles' marks on every duty of every issued edition."""

    teams: tuple[Team, ...]
    approver_of: frozenset[int]
    union_id: int | None
    marks: Mapping[int, Mapping[int, str]] = field(repr=False)  # duty id -> role id -> mark
    editions: tuple[int, ...] = ()  # ids of the issued editions in which a role of theirs has a mark

    @property
    def is_union(self) -> bool:
        """Oversight: the union may read everything."""
        return any(t.role.kind == Organization.Kind.UNION for t in self.teams)

    def duties_of(self, team: Team, marks: frozenset[str] | None = None) -> list[int]:
        """Ids of the duties on which `team`'s role has a mark (one of `marks`, if given)."""
        return [
            duty
            for duty, roles in self.marks.items()
            if team.role_id in roles and (marks is None or roles[team.role_id] in marks)
        ]

    def teams_for(
        self, duty_id: int, organization_id: int, marks: frozenset[str] | None = None
    ) -> list[Team]:
        """My teams that have a mark on a task of this duty and organization, strongest first.

        A municipality's team stands only for its own tasks and the common ones (organization = the union).
        """
        roles = self.marks.get(duty_id, {})
        found = [
            t
            for t in self.teams
            if t.role_id in roles
            and (marks is None or roles[t.role_id] in marks)
            and (
                t.role.kind != Organization.Kind.MEMBER
                or organization_id in (t.organization_id, self.union_id)
            )
        ]
        return sorted(found, key=lambda t: -STRENGTH[roles[t.role_id]])

    def sees(self, task: OnDuty) -> bool:
        """What Task.visible_to asks the database, of a task that is there."""
        return self.is_union or bool(self.teams_for(task.duty_id, task.organization_id))

    def mark_on(self, duty_id: int, organization_id: int) -> str:
        """The strongest of my marks on such a task, or ""."""
        teams = self.teams_for(duty_id, organization_id)
        return self.marks[duty_id][teams[0].role_id] if teams else ""


@dataclass(frozen=True)
class Rights:
    """What a person may do with a task, by the table of marks; `act_for`: for another team, with a reason."""

    see: bool = False
    comment: bool = False
    fill: bool = False
    close: bool = False
    act_for: bool = False


class OnDuty(Protocol):
    """A task, or whatever else hangs on a duty and belongs to an organization."""

    duty_id: int
    organization_id: int


def rights_of(mark: str, *, is_own: bool = True) -> Rights:
    """The row of the table for one mark.

    `is_own` False: a municipality on a common task, whose ○ fills in only the fields marked as its own.
    """
    rank = STRENGTH.get(mark, 0)
    return Rights(see=rank > 0, comment=rank > 0, fill=rank == 3 or (rank == 2 and is_own), close=rank == 3)


def rights_on(standing: Standing, task: OnDuty) -> Rights:
    """What the person may do with `task`: the best of all teams; the union reads all, may act for others."""
    found = Rights(see=standing.is_union, act_for=standing.is_union)
    for team in standing.teams_for(task.duty_id, task.organization_id):
        is_own = team.role.kind != Organization.Kind.MEMBER or team.organization_id == task.organization_id
        found = _either(found, rights_of(standing.marks[task.duty_id][team.role_id], is_own=is_own))
    return found


def _either(a: Rights, b: Rights) -> Rights:
    return Rights(**{f.name: getattr(a, f.name) or getattr(b, f.name) for f in fields(Rights)})


def standing_of(user: Any, today: date) -> Standing:
    """The user's standing on `today`; kept on the user object, so a request asks twice at most."""
    kept = getattr(user, "_standing", None)
    if kept is None or kept[0] != today:
        kept = (today, _standing(user, today))
        user._standing = kept
    return kept[1]


def _standing(user: Any, today: date) -> Standing:
    if not user.is_authenticated or not user.is_active:
        return Standing((), frozenset(), None, {})
    memberships = memberships_on(user, today)
    teams = {m.team_id: m.team for m in memberships}
    approver_of = frozenset(m.team_id for m in memberships if m.is_approver)
    editions, union = _known_of(user)
    issued = tuple(sorted(edition.pk for edition in editions)) if teams else ()
    marks, found = _marks_of(issued, tuple(sorted({t.role_id for t in teams.values()})))
    return Standing(tuple(teams.values()), approver_of, union, marks, found)


def edition_id_on(today: date, user: Any = None) -> int | None:
    """The id of the edition in force on `today`; of somebody who makes a request it costs no statement."""
    days = [(e.starts_on, e.pk) for e in _known_of(user)[0] if e.starts_on and e.starts_on <= today]
    return max(days)[1] if days else None


class Issued(NamedTuple):
    """An issued edition, as it comes with a person; one that was withdrawn never starts."""

    pk: int
    starts_on: date | None


def _known_of(user: Any) -> tuple[tuple[Issued, ...], int | None]:
    """The issued editions and the id of the union: they come with the person of a request (`facts`)."""
    if hasattr(user, "issued"):
        return _issued(user.issued), user.union
    return next(((_issued(text), union) for text, union in KNOWN.ask()), ((), None))


@lru_cache(maxsize=16)
def _issued(text: str | None) -> tuple[Issued, ...]:
    return tuple(
        Issued(int(pk), date.fromisoformat(on) if state == Edition.State.PUBLISHED else None)
        for pk, state, on in joined_rows(text)
    )


@lru_cache(maxsize=512)
def _marks_of(
    editions: tuple[int, ...], roles: tuple[int, ...]
) -> tuple[Mapping[int, Mapping[int, str]], tuple[int, ...]]:
    """The marks of some roles by duty and role, and the editions that have any."""
    found: dict[int, Mapping[int, str]] = {}
    marked = []
    for edition in editions:
        lines = marks_in(edition)
        own = {d: {r: m for r, m in marks.items() if r in roles} for d, marks in lines.items()}
        found |= {duty: marks for duty, marks in own.items() if marks}
        marked += [edition] if any(own.values()) else []
    return found, tuple(marked)


@lru_cache(maxsize=64)
def marks_in(edition_id: int) -> Mapping[int, Mapping[int, str]]:
    """Duty id -> role id -> mark of an *issued* edition, kept since it never changes.

    A signer without a mark sees the duty as one with △ does."""
    of = {"duty__edition": edition_id}
    marked = Assignment.objects.filter(**of).order_by().values_list("duty_id", "role_id", "mark")
    signing = Signer.objects.filter(**of).order_by()
    related = Value(Mark.RELATED.value, CharField())
    marks: dict[int, dict[int, str]] = {}
    for duty, role, mark in marked.union(signing.values_list("duty_id", "role_id", related), all=True):
        known = marks.setdefault(duty, {})
        if STRENGTH[mark] > STRENGTH.get(known.get(role, ""), 0):
            known[role] = mark
    return marks


def issued() -> JoinedRows:
    """The issued editions, for the statement that reads the person of a request."""
    return JoinedRows(Edition.objects.filter(state__in=Edition.ISSUED), "pk", "state", "in_force_on")


def union() -> Subquery:
    """The id of the union, for the same statement."""
    return Subquery(Organization.objects.filter(kind=Organization.Kind.UNION).values("pk")[:1])


def _known() -> QuerySet[Any]:
    """(the issued editions, id of the union); no row in an empty database."""
    return Organization.objects.order_by("pk").values_list(issued(), union())[:1]


KNOWN = Statement(_known)


def forget() -> None:
    """Drop what is kept; tests that roll their database back call it."""
    marks_in.cache_clear()
    _marks_of.cache_clear()
