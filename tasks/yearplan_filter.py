"""What a plan shows: whose work and of which municipality; the same choice for tasks and for days to come."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.lib.request import Request
from raci.access import Standing, standing_of
from raci.models import Duty, Mark
from raci.outline import line_of

from .choices import TeamChoice, by_code, code_of, organizations_of, teams_for
from .filters import MAIN, TaskFilter
from .ledger_filter import may_see
from .models import Task


@dataclass(frozen=True)
class PlanFilter:
    """`scope` all: what I may see; team: where one of my teams has ◎. A chosen `team` goes before it.

    `params` say the same to the list of tasks, so that its rows are those of a count."""

    request: Request
    scope: str
    team: TeamChoice | None
    mark: str
    organization: tuple[str, str, int] | None  # code, name, id

    @classmethod
    def of(cls, request: Request) -> PlanFilter:
        """As the URL says; what does not exist is as if it were not there."""
        query = request.GET
        teams = teams_for(standing_of(request.user, request.today))
        team = by_code(teams).get(query.get("team", ""))
        organizations = {code: (code, name, pk) for code, name, pk in organizations_of(teams)}
        return cls(
            request,
            "team" if query.get("scope") == "team" and team is None else "all",
            team,
            query.get("mark", "") if team and query.get("mark") in Mark.values else "",
            organizations.get(query.get("organization", "")),
        )

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self.request.user, self.request.today)

    @cached_property
    def teams(self) -> list[TeamChoice]:
        """Every team that may be chosen."""
        return teams_for(self.standing)

    @cached_property
    def mine(self) -> list[TeamChoice]:
        known = by_code(self.teams)
        return [known[code_of(team)] for team in self.standing.teams]

    @property
    def organizations(self) -> list[tuple[str, str]]:
        """(code, name) to choose from; none for somebody of one municipality."""
        found = organizations_of(self.teams)
        if len(found) <= 2 and not self.standing.is_union:
            return []
        return [
            (code, _("%(name)s（共通の作業）") % {"name": name} if pk == self.standing.union_id else name)
            for code, name, pk in found
        ]

    @property
    def params(self) -> dict[str, str]:
        """The choice as addresses carry it."""
        found = {"scope": self.scope if self.scope != "all" else "", "mark": self.mark}
        found["team"] = self.team.code if self.team else ""
        found["organization"] = self.organization[0] if self.organization else ""
        return {name: value for name, value in found.items() if value}

    @property
    def query(self) -> str:
        return urlencode(self.params)

    def tasks(self) -> Any:
        """The tasks of the choice that the person may see, as the list has them."""
        request = self.request
        visible = Task.objects.visible_to(request.user, request.today)
        data = QueryDict(urlencode({"state": "any", **self.params}))
        return TaskFilter(data, visible, request=request).qs.order_by()

    def takes(self, duty: Duty, organization: Organization) -> bool:
        """Would a task of `duty` (of a published edition) for `organization` be among `tasks`?"""
        if not may_see(self.standing, duty, organization):
            return False
        if self.organization and self.organization[2] != organization.pk:
            return False
        if self.team:
            return self._marked([self.team], {self.mark} if self.mark else None, duty, organization)
        return self.scope == "all" or self._marked(self.mine, MAIN, duty, organization)

    def _marked(
        self, teams: Iterable[TeamChoice], marks: Set[str] | None, duty: Duty, organization: Organization
    ) -> bool:
        given = line_of(duty.pk).marks
        return any(
            (found := given.get(team.role_id))
            and (marks is None or found in marks)
            and (not team.is_member or organization.pk in (team.organization_id, self.standing.union_id))
            for team in teams
        )

    def words(self) -> str:
        """The choice in words, for titles, paper and xlsx."""
        found = []
        if self.team:
            found.append(f"{self.team.name} {Mark(self.mark).label if self.mark else ''}".strip())
        elif self.scope == "team":
            found.append(_("自分の役割が主担当"))
        if self.organization:
            found.append(self.organization[1])
        return " / ".join(found)

    def scopes(self) -> list[tuple[str, str, bool]]:
        """(query, words, is chosen) of the switch."""
        own = {"organization": self.params["organization"]} if self.organization else {}
        return [
            (urlencode(own), _("全体"), self.scope == "all" and self.team is None),
            (urlencode({"scope": "team", **own}), _("自分の役割"), self.scope == "team"),
        ]
