"""What every part of a task's page stands on: the task, the person, the moment, and what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.functional import cached_property

from opsdesk.accounts.models import Organization, Team
from opsdesk.calendar.book import calendar_beside
from opsdesk.calendar.days import Calendar
from opsdesk.lib.refusal import Refusal
from raci.access import standing_of
from raci.definition import definition_of
from raci.models import Sharing
from tasks.acting import CLOSE, COMMENT, FILL, own_teams, proxy_teams
from tasks.around import Around, around
from tasks.caseflow import concerned
from tasks.models import Task
from tasks.papers import Papers, papers_of
from tasks.restricted import hidden


class Blank(dict[str, Any]):
    """What is wrong, by name: "" for what is right. Templates ask for each by its name."""

    def __missing__(self, key: str) -> str:
        return ""


class Base:
    """`typed`: what was sent and refused (raw answers and the closing's own fields); `refusal`: why."""

    def __init__(
        self,
        task: Task,
        user: Any,
        *,
        now: datetime,
        today: date,
        typed: Mapping[str, Any] | None = None,
        refusal: Refusal | None = None,
        is_proxy: bool = False,
        is_revision: bool = False,
        blanks: int = 1,
    ) -> None:
        user = getattr(user, "_wrapped", user)  # a request's user is lazy, which costs at every look at it
        self.task, self.user, self.now, self.today = task, user, now, today
        self._own: dict[frozenset[str], list[Team]] = {}
        self.typed, self.refusal, self.is_proxy, self.blanks = typed or {}, refusal, is_proxy, blanks
        self.is_revision = is_revision
        self.definition = definition_of(task.duty_id)
        self.errors: Mapping[str, str] = Blank(refusal.errors if refusal else {})

    @cached_property
    def calendar(self) -> Calendar:
        return calendar_beside(self.task, self.task.organization)

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Keys of the fields that the person may not see."""
        return hidden(self.task, self.user, self.today)

    @cached_property
    def papers(self) -> Papers:
        return papers_of(self.task, self.user, self.today, self.hidden)

    @cached_property
    def around(self) -> Around:
        return around(self.task, self.user, self.today)

    @property
    def is_signed(self) -> bool:
        """Signatures close it."""
        return self.task.duty.sharing == Sharing.SIGNERS

    @property
    def is_common(self) -> bool:
        return self.task.organization.kind == Organization.Kind.UNION

    def own(self, marks: frozenset[str]) -> list[Team]:
        """The person's teams with one of `marks` on the task; found once."""
        if marks not in self._own:
            self._own[marks] = own_teams(self.task, self.user, self.today, marks, self.concerned)
        return self._own[marks]

    @cached_property
    def concerned(self) -> list[int] | None:
        """Ids of the organizations that its case concerns, where that decides something for the person."""
        task = self.task
        towns = {t.organization_id for t in self._teams if t.role.kind == Organization.Kind.MEMBER}
        if task.case is None or not self.is_common or not towns:
            return None
        if len(towns) == 1 and hasattr(task, "concerns_own"):
            return list(towns) if task.concerns_own else []
        return concerned(task.case)

    @property
    def _teams(self) -> tuple[Team, ...]:
        return standing_of(self.user, self.today).teams

    @cached_property
    def proxies(self) -> list[Team]:
        """Teams that the union acts for, if it said so."""
        return proxy_teams(self.task, self.user, self.today) if self.is_proxy else []

    @cached_property
    def closers(self) -> list[Team]:
        """Teams for which the person may close, skip and reopen."""
        return self.proxies or self.own(CLOSE)

    @cached_property
    def fillers(self) -> list[Team]:
        return self.proxies or self.own(FILL)

    @cached_property
    def commenters(self) -> list[Team]:
        return self.own(COMMENT)

    @property
    def mark(self) -> str:
        """The person's strongest mark."""
        return standing_of(self.user, self.today).mark_on(self.task.duty_id, self.task.organization_id)
