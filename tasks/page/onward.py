"""What a step's page offers about what follows it: choices, another round of the work, other cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property

from raci.definition import definition_of, labels_of
from raci.models import FollowUp, Mark
from raci.outline import Line, outline_of
from raci.words import condition_in_words
from tasks import chain
from tasks.caseflow import tasks_of
from tasks.casegraph import graph_of
from tasks.following import edges_of, steps_of
from tasks.models import Case, Task

from .base import Base

#: Open cases offered to be joined.
OFFERED = 30


@dataclass(frozen=True)
class Choice:
    """A duty that may follow; `who` has ◎, `when` is the condition in words."""

    line: Line
    who: str
    when: str
    is_chosen: bool


@dataclass(frozen=True)
class Link:
    """Another case that closing may open or join: `cases` are open ones; `said` is what was typed."""

    line: Line
    when: str
    is_forced: bool
    cases: list[Case]
    said: str


class Onward(Base):
    @property
    def case(self) -> Case | None:
        return self.task.case

    @cached_property
    def case_steps(self) -> list[Task]:
        return tasks_of(self.task.case, self.task) if self.task.case else []

    @property
    def _keys(self) -> Any:
        return outline_of(self.task.duty.edition_id).keys

    def _edges(self, kind: str) -> list[FollowUp]:
        return edges_of(self.task, kind) if self.task.case else []

    def _who(self, line: Line) -> str:
        found = definition_of(line.duty.pk).assignments
        return "、".join(str(a.role) for a in found if a.mark == Mark.MAIN)

    def _typed(self, name: str) -> set[str]:
        return {str(value) for value in self.typed.get(name, ())}

    @cached_property
    def choices(self) -> list[Choice]:
        """What the closer chooses among, whatever the answers are now; the command knows what fits."""
        chosen, labels = self._typed("then"), labels_of(self.task.duty.edition_id)
        return [
            Choice(line, self._who(line), condition_in_words(e, labels), str(line.key) in chosen)
            for e in self._edges(FollowUp.Kind.CHOSEN)
            if (line := self._keys.get(e.target_key))
        ]

    @cached_property
    def follows(self) -> list[Choice]:
        """What opens by itself."""
        labels = labels_of(self.task.duty.edition_id)
        return [
            Choice(line, self._who(line), condition_in_words(e, labels), False)
            for e in self._edges(FollowUp.Kind.AUTO)
            if (line := self._keys.get(e.target_key))
        ]

    @cached_property
    def again(self) -> list[Choice]:
        """Works that an NG sends back; a single one needs no choice."""
        if not self._edges(FollowUp.Kind.CONFIRMING):
            return []
        graph, chosen = graph_of(self.task.duty.edition_id), self._typed("again")
        works = chain.reworkable(graph, steps_of(self.case_steps), self.task.key)
        return [Choice(self._keys[k], self._who(self._keys[k]), "", str(k) in chosen) for k in works]

    @property
    def may_ask_all(self) -> bool:
        """Somebody said OK to an earlier round of this work, and would keep it."""
        if self.task.case is None or self.task.round < 2:
            return False
        of = graph_of(self.task.duty.edition_id).confirmed_by(self.task.key)
        return any(t.key in of and not t.is_open and not (t.course or {}).get("ng") for t in self.case_steps)

    @property
    def asks_all(self) -> bool:
        return bool(self.typed.get("ask_all"))

    @cached_property
    def links(self) -> list[Link]:
        """Other cases; those that an answer asks for open by themselves."""
        found, labels = [], labels_of(self.task.duty.edition_id)
        for edge in self._edges(FollowUp.Kind.LINKED):
            line = self._keys.get(edge.target_key)
            if line is not None:
                said = str(self.typed.get(f"link-{line.key}", ""))
                when = condition_in_words(edge, labels)
                found.append(Link(line, when, bool(edge.condition), self._joinable(line), said))
        return found

    def _joinable(self, line: Line) -> list[Case]:
        seen = Case.objects.visible_to(self.user, self.today).open()
        return list(seen.filter(entry__key=line.key).exclude(pk=self.task.case_id)[:OFFERED])

    @property
    def asks_outcome(self) -> bool:
        """A step of a case says by its answers what came out, unless something is outside what is normal."""
        return self.task.case is None

    @property
    def is_onward(self) -> bool:
        return bool(self.choices or self.again or self.links or self.follows or self.may_ask_all)
