"""Question: what the page of one alert shows, and for which teams the person may confirm it."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Team
from raci.access import standing_of
from raci.models import Mark
from tasks.models import Task

from .models import Alert, AlertEvent, State
from .reach import lines_for
from .tables import PILLS

EVENTS = 50
#: Whose marks let them confirm; the union does too, that looks over all.
CONFIRM = frozenset({Mark.MAIN.value, Mark.SUPPORT.value})


class AlertPage:
    """Each part is found only where the template asks for it."""

    def __init__(self, alert: Alert, user: Any, *, today: date, note: str = "", error: str = "") -> None:
        self.alert, self.user, self.today = alert, user, today
        self.note, self.error = note, error

    @property
    def pill(self) -> tuple[str, str]:
        if not self.alert.is_open:
            return "done", _("復旧")
        return PILLS[State(self.alert.state)], str(self.alert.get_state_display())

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        return [(_("警報"), reverse("monitoring:alerts"))]

    @cached_property
    def teams(self) -> list[Team]:
        """The person's teams that may confirm it."""
        line = lines_for(self.user, self.today).get(self.alert.key)
        marks, teams = line.marks if line else {}, standing_of(self.user, self.today).teams
        return [t for t in teams if marks.get(t.role_id) in CONFIRM or t.role.kind == "union"]

    @property
    def may_confirm(self) -> bool:
        return bool(self.teams) and self.alert.seen_at is None

    @cached_property
    def task(self) -> Task | None:
        """Its task, where the person may open it."""
        mine = Task.objects.visible_to(self.user, self.today)
        return mine.filter(pk=self.alert.task_id).select_related("duty").first()

    @cached_property
    def events(self) -> list[AlertEvent]:
        """The newest, the last one first."""
        return list(self.alert.events.select_related("source").order_by("-pk")[:EVENTS])

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the log around the first hit."""
        first = self.alert.events.filter(evidence__has_key="lines").order_by("pk").first()
        return [str(line) for line in first.evidence["lines"]] if first else []

    @cached_property
    def evidence(self) -> list[tuple[str, str]]:
        """What came with the newest event, as (name, value)."""
        newest = next((e for e in self.events if e.evidence and "lines" not in e.evidence), None)
        pairs = sorted(newest.evidence.items()) if newest else []
        return [(name, str(value)) for name, value in pairs]
