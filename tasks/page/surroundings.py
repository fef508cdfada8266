"""Beside the form: what comes before and after, comments, files, history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.audit.models import Event
from opsdesk.audit.timeline import Entry, entries
from raci.access import standing_of
from tasks.acknowledgements import own_organizations
from tasks.commenting import audience_choices, audiences_for
from tasks.extra import RAISED
from tasks.forms import Choice
from tasks.models import Audience, Task
from tasks.papers import EVENTS
from tasks.recurrence import in_words, rule_of
from tasks.restricted import hidden
from tasks.words import extra_words, period_short, state_words

from .base import Base
from .shown import Shown, shown_of


class Surroundings(Base):
    @cached_property
    def last(self) -> list[tuple[Task, str]]:
        return [(t, period_short(t, self.today)) for t in self.around.last]

    @cached_property
    def before(self) -> list[dict[str, Any]]:
        return self._neighbours(self.around.before)

    @cached_property
    def after(self) -> list[dict[str, Any]]:
        return self._neighbours(self.around.after)

    def _neighbours(self, tasks: Sequence[Task]) -> list[dict[str, Any]]:
        """A row a duty; of several organizations' tasks how many are done."""
        found = []
        for duty_id in dict.fromkeys(t.duty_id for t in tasks):
            group = [t for t in tasks if t.duty_id == duty_id]
            first, done = group[0], sum(not t.is_open for t in group)
            if len(group) == 1:
                kind, state = state_words(first, self.now)
                url = reverse("tasks:detail", args=[first.pk])
            else:
                kind, state = (
                    ("done" if done == len(group) else "run"),
                    _("%(done)s/%(all)s 完了") % {"done": done, "all": len(group)},
                )
                url = f"{reverse('tasks:list')}?duty={first.duty.number}&state="
            found.append(
                {
                    "url": url,
                    "name": f"No.{first.duty.number} {first.duty.work}",
                    "period": period_short(first, self.today),
                    "who": str(first.organization)
                    if len(group) == 1 and first.organization.kind != Organization.Kind.UNION
                    else "",
                    "pill": kind,
                    "state": state,
                }
            )
        return found

    @cached_property
    def waits_for(self) -> list[str]:
        return [f"No.{t.duty.number}" for t in self.around.before if t.is_open] if self.task.is_open else []

    @cached_property
    def previous_word(self) -> str:
        return period_short(self.around.previous, self.today) if self.around.previous else ""

    @cached_property
    def next_word(self) -> str:
        return period_short(self.around.next, self.today) if self.around.next else ""

    @property
    def step_count(self) -> int:
        """Columns of the bar of steps: the signers and what comes after."""
        return min(5, len(self.definition.signers) + bool(self.around.after))

    @cached_property
    def shown(self) -> Shown | None:
        """What another duty's tasks of the same period hold (No.30 shows the month's answers to 29)."""
        key = next((f.options["shows"] for f in self.definition.fields if "shows" in f.options), None)
        tasks = [t for t in self.around.before if t.key == key] if key else []
        return shown_of(tasks, lambda task: hidden(task, self.user, self.today))

    @property
    def internal_count(self) -> int:
        return sum(c.audience == Audience.INTERNAL for c in self.papers.comments)

    @cached_property
    def audiences(self) -> list[Choice]:
        if not self.commenters:
            return []
        team = self.commenters[0]
        own = team.organization if team.role.kind == Organization.Kind.MEMBER else self.task.organization
        return audience_choices(audiences_for(self.task, team), str(own))

    @cached_property
    def history(self) -> list[Entry]:
        """Newest first, with the making of the task as its last line."""
        rows = self.papers.events
        found = entries(filter(self._may_read, rows[:EVENTS]))
        if len(rows) > EVENTS or self.task.extra or self.task.case:  # these have an event of their own
            return found
        made = _("作業を作成") if not self.task.is_caught_up else _("作業を作成(遡及)")
        return [
            *found,
            Entry(self.task.created_at, _("開始"), made, _("システム"), self.rule, "", "task.created"),
        ]

    @cached_property
    def extra(self) -> str:
        return extra_words(self.task)

    @property
    def raised(self) -> Entry | None:
        """Who raised the extra occasion, and why."""
        return next((e for e in self.history if e.code == RAISED), None) if self.task.extra else None

    def _may_read(self, event: Event) -> bool:
        """Of a comment or a file only those hear for whom it is, also of why it was withdrawn; who
        acknowledged is not told to other municipalities."""
        own = own_organizations(standing_of(self.user, self.today))
        if own is not None and event.code == "task.acknowledged" and event.data["organization"] not in own:
            return False
        comment, file = event.data.get("comment"), event.data.get("attachment")
        if comment is not None:
            return any(c.pk == comment for c in self.papers.comments)
        return file is None or any(f.pk == file for f in self.papers.files)

    @property
    def rule(self) -> str:
        found = rule_of(self.task.duty)
        return in_words(found) if found else ""
