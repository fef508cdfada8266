"""What a task's page says of its published result: versions, who acknowledged, questions, wishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from raci.access import standing_of
from tasks import kinds
from tasks.acknowledgements import Ack, Version, own_organizations, versions_of
from tasks.acting import CLOSE, COMMENT, main_teams
from tasks.models import Task
from tasks.papers import Paper
from tasks.restricted import hidden
from tasks.revising import why_not_revise
from tasks.wishes import settled_by, wish_rule, wishes_among

from .base import Base


@dataclass(frozen=True)
class Question:
    """One municipality's question on the current version, with its reply if there is one."""

    ack: Ack
    asked: Paper
    reply: Paper | None


@dataclass(frozen=True)
class Wish:
    """What one municipality wishes; `version` settled it, 0: none so far."""

    task: Task
    text: str
    version: int


class Publishing(Base):
    @cached_property
    def versions(self) -> list[Version]:
        """The newest first; asked for only where the duty publishes."""
        return versions_of(self.task, self.today) if self.task.duty.is_acknowledged else []

    @cached_property
    def published(self) -> Version | None:
        """The current version."""
        return next((v for v in self.versions if v.is_current), None)

    @property
    def is_withdrawn(self) -> bool:
        return bool(self.versions) and self.published is None

    @cached_property
    def own_organizations(self) -> set[int] | None:
        return own_organizations(standing_of(self.user, self.today))

    @property
    def sees_names(self) -> bool:
        """A municipality reads how many acknowledged, not who."""
        return self.own_organizations is None

    @cached_property
    def my_ack(self) -> Ack | None:
        """What the current version asks of my municipality."""
        mine = {t.organization_id for t in self.acknowledgers}
        return self.published.of(mine) if self.published and mine else None

    @cached_property
    def acknowledgers(self) -> list[Team]:
        """My municipalities' teams with a mark."""
        return [t for t in self.own(COMMENT) if t.role.kind == Organization.Kind.MEMBER]

    @property
    def offer(self) -> kinds.Offer | None:
        """A page that an app above has for this step of a case."""
        if self.task.case is None or self.task.is_withdrawn:
            return None
        return kinds.of(self.task.case.kind).offer(self.task, is_member=not self.sees_names)

    @property
    def may_acknowledge(self) -> bool:
        return self.my_ack is not None and self.my_ack.at is None

    @property
    def ack_pill(self) -> tuple[str, str]:
        """9/12 確認済, once all have acknowledged as done."""
        return ack_words(self.published.acks if self.published else [])

    @property
    def chips(self) -> list[tuple[str, str, str]]:
        """(class, municipality, words): who is missing first."""
        acks = self.published.acks if self.published else []
        return [chip(a) for a in sorted(acks, key=lambda a: a.at is not None)]

    @cached_property
    def questions(self) -> list[Question]:
        """Those that the person may read."""
        said = {c.pk: c for c in self.papers.comments}
        acks = self.published.acks if self.published else []
        return [
            Question(a, said[a.question], said.get(a.reply) if a.reply else None)
            for a in acks
            if a.question in said
        ]

    @property
    def answer_error(self) -> str:
        return next((s for key, s in self.errors.items() if key.startswith("answer-")), "")

    @property
    def may_answer(self) -> bool:
        return any(t.role.kind != Organization.Kind.MEMBER for t in self.own(COMMENT))

    @property
    def may_urge(self) -> bool:
        """Somebody is missing, and the person may say so."""
        return bool(self.published and self.published.missing) and self.may_answer

    @cached_property
    def revisers(self) -> list[Team]:
        """Teams for which the person may revise what is published."""
        if self.published is None or why_not_revise(self.task):
            return []
        return self.proxies or main_teams(self.task, self.own(CLOSE))

    @property
    def may_revise_for(self) -> bool:
        """The union, where somebody else has ◎."""
        if self.published is None or self.revisers or why_not_revise(self.task):
            return False
        return self._is_union and bool(self.definition.roles_with())

    @property
    def _is_union(self) -> bool:
        return standing_of(self.user, self.today).is_union

    def files_of(self, key: str) -> list[Paper]:
        """The files of a field: of a published task those of its current version."""
        files = self.papers.files_of(key)
        return [f for f in files if f.pk in self.published.files] if self.published else files

    @cached_property
    def wishes(self) -> list[Wish]:
        """What those whom the person may read wish of this task's result."""
        rule = wish_rule(self.task.duty_id)
        if rule is None:
            return []
        settled = settled_by(self.versions)
        return [
            Wish(t, self._wished(t, rule["text"]), settled.get(t.pk, 0))
            for t in wishes_among(self.task, [*self.around.before, *self.around.after])
        ]

    def _wished(self, task: Task, key: str) -> str:
        is_seen = key not in hidden(task, self.user, self.today)
        return str(task.answers.get(key) or "") if is_seen else ""

    @property
    def open_wishes(self) -> list[Wish]:
        return [w for w in self.wishes if not w.version]


def ack_words(acks: Sequence[Ack]) -> tuple[str, str]:
    """(kind of the pill, 9/12 確認済)."""
    given = sum(a.at is not None for a in acks)
    kind = "done" if given == len(acks) else "wait"
    return kind, _("%(given)s/%(all)s 確認済") % {"given": given, "all": len(acks)}


def chip(ack: Ack) -> tuple[str, str, str]:
    words: dict[str, Any] = {"who": ack.by}
    if ack.at is not None:
        return "chk", ack.name, _("確認済 %(who)s") % words
    if ack.is_asking:
        return "chk chk-b", ack.name, _("質問中")
    return "chk chk-n", ack.name, _("未確認")
