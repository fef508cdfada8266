"""The command that does what a plan says: all of it, through the commands of each row, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.accounts import memberships, organizations, people, teams
from opsdesk.accounts.models import Organization, Role, Team, User
from opsdesk.audit.record import command
from opsdesk.lib.refusal import Refusal

from .planning import CHANGED, NEW, PROBLEM, Plan, Planned, planned, team_of
from .reading import Line
from .shape import value_of
from .state import Key, Roster, present


@command
def apply(lines: list[Line], *, by: User | None, at: datetime, digest: str) -> Plan:
    """Do what `lines` ask for. `digest` is the plan's that somebody looked at.

    Raises Refusal, with nothing done, if there is a problem, or if what is stored has changed since."""
    roster = present()
    plan = planned(lines, roster)
    if plan.of(PROBLEM):
        raise Refusal(_("問題のある行があります。何も変えていません。"))
    if plan.digest != digest:
        raise Refusal(
            _("確かめてから、ほかの人が変更しました。もう一度確かめてください。何も変えていません。")
        )
    work = Work(roster, plan, {role.code: role for role in Role.objects.all()}, {"by": by, "at": at})
    for act, rows in work.acts():
        for row in rows:
            try:
                act(row)
            except Refusal as no:
                raise Refusal(f"{row.line.place('')}: {no}") from no
    return plan


@dataclass
class Work:
    """The rows' objects while they come into being."""

    roster: Roster
    plan: Plan
    roles: dict[str, Role]
    who: dict[str, Any]

    def acts(self) -> list[tuple[Callable[[Planned], None], list[Planned]]]:
        """In an order in which each finds what it needs: what ends goes before what begins."""

        def of(sheet: str, status: str) -> list[Planned]:
            return [row for row in self.plan.rows if row.line.sheet == sheet and row.status == status]

        return [
            (self.new_organization, of("organizations", NEW)),
            (self.change_organization, of("organizations", CHANGED)),
            (self.change_team, of("teams", CHANGED)),
            (self.new_team, of("teams", NEW)),
            (self.new_user, of("users", NEW)),
            (self.change_user, sorted(of("users", CHANGED), key=_stops_managing)),
            (self.change_membership, of("memberships", CHANGED)),
            (self.new_membership, of("memberships", NEW)),
        ]

    def values(self, row: Planned) -> dict[str, Any]:
        """What the row changes, as the commands take it."""
        shape = row.line.shape
        return {key: value_of(shape.cell(key), new) for key, _old, new in row.changes}

    def found(self, row: Planned) -> Any:
        return self.roster.objects[row.line.sheet][row.line.key]

    def keep(self, row: Planned, made: Any) -> None:
        self.roster.objects[row.line.sheet][row.line.key] = made

    def organization(self, code: str) -> Organization | None:
        return self.roster.objects["organizations"][(code,)] if code else None

    def new_organization(self, row: Planned) -> None:
        values = self.values(row)
        left_on = values.pop("left_on", None)
        made = organizations.create(code=row.line.values["code"], **values, **self.who)
        self.keep(row, organizations.leave(made, on=left_on, **self.who) if left_on else made)

    def change_organization(self, row: Planned) -> None:
        organizations.change(self.found(row), **self.values(row), **self.who)

    def new_team(self, row: Planned) -> None:
        values = row.line.values
        organization = self.organization(values["organization"])
        assert organization is not None
        given = {"starts_on": value_of(row.line.shape.cell("starts_on"), values["starts_on"])} | self.values(
            row
        )
        self.keep(
            row, teams.create(self.roles[values["role"]], organization=organization, **given, **self.who)
        )

    def change_team(self, row: Planned) -> None:
        values = self.values(row)
        if "name" in values:
            teams.change(self.found(row), name=values["name"], **self.who)
        if "ends_on" in values:
            teams.end(self.found(row), on=values["ends_on"], **self.who)

    def person(self, row: Planned) -> dict[str, Any]:
        values = self.values(row)
        if "organization" in values:
            values["organization"] = self.organization(values["organization"])
        return values

    def new_user(self, row: Planned) -> None:
        self.keep(row, people.create(login=row.line.values["login"], **self.person(row), **self.who))

    def change_user(self, row: Planned) -> None:
        people.change(self.found(row), **self.person(row), **self.who)

    def new_membership(self, row: Planned) -> None:
        line = row.line
        starts_on = value_of(line.shape.cell("starts_on"), line.values["starts_on"])
        user = self.roster.objects["users"][(line.values["login"],)]
        memberships.join(user, team=self.team(line), starts_on=starts_on, **self.values(row), **self.who)

    def team(self, line: Line) -> Team:
        found = team_of(line.values, self.plan.after["teams"])
        assert found is not None, "the plan has looked for it"
        key: Key = (found["role"], found["organization"], found["starts_on"])
        return self.roster.objects["teams"][key]

    def change_membership(self, row: Planned) -> None:
        values = self.values(row)
        if "is_approver" in values:
            memberships.change(self.found(row), is_approver=values["is_approver"], **self.who)
        if "ends_on" in values:
            memberships.leave(self.found(row), on=values["ends_on"], **self.who)


def _stops_managing(row: Planned) -> bool:
    """Whoever becomes an administrator goes before whoever is none any more."""
    return any(key == "is_staff" and old for key, old, _new in row.changes)
