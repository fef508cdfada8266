"""What every part of a case's page stands on: the case, the person, the moment, the steps, the rights."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.calendar.book import calendars_of
from opsdesk.calendar.days import Calendar
from opsdesk.lib.refusal import Refusal
from raci.access import standing_of
from tasks.acknowledgements import own_organizations
from tasks.acting import own_teams
from tasks.asked import Field
from tasks.casegraph import graph_of
from tasks.chain import Graph
from tasks.choices import all_teams
from tasks.filling import task_fields
from tasks.models import Task
from tasks.models.comment import ears_of
from tasks.reach import Reach, reach_of
from tasks.restricted import hidden_among
from tasks.words import due_words

from .gather import steps_of
from .papers import Papers, papers_of


class Base:
    """`case`: as gather.case_of gives it. `typed`: what was sent and refused, `refusal`: why; `query`: what
    the address asks of the timeline."""

    def __init__(
        self,
        case: Any,
        user: Any,
        *,
        now: datetime,
        today: date,
        query: Mapping[str, str] | None = None,
        typed: Mapping[str, Any] | None = None,
        refusal: Refusal | None = None,
    ) -> None:
        self.case, self.user = case, getattr(user, "_wrapped", user)
        self.now, self.today, self.query = now, today, query or {}
        self.typed, self.refusal = typed or {}, refusal
        self.errors: Mapping[str, str] = refusal.errors if refusal else {}
        self.standing = standing_of(self.user, today)
        self._own: dict[tuple[int, frozenset[str]], list[Team]] = {}

    @property
    def reach(self) -> Reach:
        return reach_of(self.standing)

    @property
    def graph(self) -> Graph:
        return graph_of(self.case.entry.edition_id)

    @cached_property
    def calendars(self) -> dict[int, Calendar]:
        """Of the union and of the organizations that have a step."""
        places = {s.organization_id: s.organization for s in self.steps}
        if self.standing.union_id:
            places.setdefault(self.standing.union_id, Organization(pk=self.standing.union_id))
        return calendars_of(places.values())

    def due(self, step: Task) -> tuple[str, str]:
        """(class, words) of the deadline of an open step."""
        return due_words(step, self.calendars[step.organization_id], self.now, self.today)

    @cached_property
    def own_organizations(self) -> Collection[int] | None:
        """Of people of municipalities only; None: the person reads every name."""
        return own_organizations(self.standing)

    @cached_property
    def _tasks(self) -> tuple[list[Any], list[Any]]:
        return steps_of(self.case, self.user, self.today)

    @property
    def all_steps(self) -> list[Any]:
        return self._tasks[0]

    @property
    def source_tasks(self) -> list[Any]:
        """Scheduled tasks that the person may open and whose findings brought the case up."""
        return [t for t in self._tasks[1] if t.is_seen]

    @cached_property
    def standing_steps(self) -> list[Any]:
        """Without those that were withdrawn, but for those with which the case itself ended."""
        ended_at = self.case.closed_at
        return [s for s in self.all_steps if not s.is_withdrawn or s.closed_at == ended_at]

    @cached_property
    def steps(self) -> list[Any]:
        """Those that the person may open."""
        return [s for s in self.standing_steps if s.is_seen]

    @property
    def open_steps(self) -> list[Any]:
        return [s for s in self.steps if s.is_open]

    @property
    def concerned(self) -> list[Organization]:
        return self.case.concerned

    @cached_property
    def concerned_ids(self) -> list[int]:
        return [o.pk for o in self.concerned]

    @cached_property
    def papers(self) -> Papers:
        """What the person may read of notes and files."""
        seen = [s for s in self.all_steps if s.is_seen]
        found = papers_of(self.case, [s.pk for s in seen], ears_of(self.standing))
        unseen = {(s.pk, key) for s in seen for key in self.hidden(s)}
        found.files = {pk: f for pk, f in found.files.items() if (f.task_id, f.place) not in unseen}
        return found

    def own(self, step: Task, marks: frozenset[str]) -> list[Team]:
        """The person's teams with one of `marks` on the step; found once."""
        key = (step.pk, marks)
        if key not in self._own:
            self._own[key] = own_teams(step, self.user, self.today, marks, self.concerned_ids)
        return self._own[key]

    def hidden(self, step: Task) -> frozenset[str]:
        """Keys of the fields that the person may not see."""
        return hidden_among(step, self.standing.teams, self.concerned_ids)

    def fields(self, step: Task) -> list[Field]:
        """The fields that the person may see."""
        unseen = self.hidden(step)
        return [f for f in task_fields(step) if f.key not in unseen]

    @property
    def organizations(self) -> list[Organization]:
        """Those whose people the person is one of."""
        return [t.organization for t in self.standing.teams]

    @cached_property
    def other_teams(self) -> set[str]:
        """Names of the municipalities' teams that a municipality doesn't read."""
        own = self.own_organizations
        if own is None:
            return set()
        return {t.name for t in all_teams() if t.is_member and t.organization_id not in own}

    def name_of(self, organization: Organization) -> str:
        """Its name; to a municipality another one is 他団体."""
        own, is_member = self.own_organizations, organization.kind == Organization.Kind.MEMBER
        return (
            _("他団体") if own is not None and is_member and organization.pk not in own else str(organization)
        )

    @property
    def concerned_words(self) -> str:
        """汐見市・桐原市; to a municipality 汐見市・他団体 2件."""
        own = self.own_organizations
        names = [str(o) for o in self.concerned if own is None or o.pk in own]
        others = len(self.concerned) - len(names)
        return "・".join([*names, *([_("他団体 %(n)s件") % {"n": others}] if others else [])])
