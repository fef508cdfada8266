"""The panels of a case's page: what was raised, confirmations, results, files, what is linked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from raci.models import CaseKind, FieldKind
from tasks import kinds
from tasks.acting import when
from tasks.asked import Field, Reading
from tasks.changepanel import Panel, panel_of
from tasks.following import edges_of
from tasks.forms import Drawn, Shown, draw, text_of
from tasks.models import Task
from tasks.raising import codes_of
from tasks.words import state_words

from .gather import linked_of
from .head import Head
from .papers import Paper


@dataclass(frozen=True)
class Result:
    """A step that is closed: its answers, drawn; `files` answer no field."""

    step: Any
    form: Drawn
    files: list[Paper]
    words: str
    state: tuple[str, str]

    @property
    def key(self) -> str:
        return f"{self.step.pk}-"


@dataclass(frozen=True)
class Confirmation:
    """What one municipality (or all) said of a work, in the last round in which it was asked."""

    step: Any
    who: str
    pill: tuple[str, str]
    comment: str
    words: str
    is_mine: bool


@dataclass(frozen=True)
class Confirmations:
    number: int
    work: str
    rows: list[Confirmation]
    given: int
    others: int


class Panels(Head):
    @cached_property
    def entry_step(self) -> Any:
        """The first step that the person sees of the duty at which the case was raised."""
        return next((s for s in self.steps if s.key == self.case.entry.key), None)

    @cached_property
    def raised(self) -> Drawn | None:
        """起票の内容: what raising asked; once the step is closed all that it holds."""
        step = self.entry_step
        if step is None:
            return None
        fields = self.fields(step)
        if step.is_open:
            fields = [f for f in fields if _is_asked(f) or f.key in step.answers]
        found = self._drawn(step, fields)
        return found if found.groups else None

    def _drawn(self, step: Task, fields: Sequence[Field]) -> Drawn:
        found = draw(
            fields,
            values=self._masked(step, fields),
            editable=(),
            reading=Reading(answers=step.answers),
            errors={},
            previous={},
            files=self.papers.files_of(step.pk),
        )
        for f in (f for group in found.groups for f in group.fields if isinstance(f, Shown)):
            f.is_needed = False  # there is nothing to fill in
        return found

    def _masked(self, step: Task, fields: Sequence[Field]) -> dict[str, Any]:
        """The answers; to a municipality other ones are 他団体 n件."""
        own = self.own_organizations
        found = dict(step.answers)
        if own is None:
            return found
        codes = {o.code for o in self.organizations if o.pk in own}
        for f in fields:
            if f.row.options.get("organizations") and (named := codes_of(found.get(f.key))):
                others = len(set(named) - codes)
                words = [_("他団体 %(n)s件") % {"n": others}] if others else []
                found[f.key] = [*(c for c in named if c in codes), *words]
        return found

    @cached_property
    def offers(self) -> list[kinds.Offer]:
        """Pages that an app above has for one of the steps that stand."""
        offer, is_member = kinds.of(self.case.kind).offer, self.own_organizations is not None
        found = [offer(s, is_member=is_member) for s in self.steps if not s.is_withdrawn]
        return [o for o in dict.fromkeys(found) if o is not None]

    @cached_property
    def results(self) -> list[Result]:
        """Steps that are closed, the last one first; the entry stands in its own panel."""
        closed = [s for s in self.steps if not (s.is_open or s.is_withdrawn or s is self.entry_step)]
        return [self._result(step) for step in sorted(closed, key=lambda s: s.closed_at, reverse=True)]

    def _result(self, step: Any) -> Result:
        fields = self.fields(step)
        kept = self.papers.files_of(step.pk)
        who = "" if str(step.closed_for) in self.other_teams else str(step.closed_by or "")
        return Result(
            step=step,
            form=self._drawn(step, fields),
            files=kept.get("", []),
            words=" ".join(filter(None, [when(step.closed_at, self.now), who])),
            state=state_words(step, self.now),
        )

    @cached_property
    def confirmations(self) -> list[Confirmations]:
        """Of each confirming duty the steps of the last rounds; a municipality sees its own."""
        found = []
        for key in dict.fromkeys(s.key for s in self.standing_steps if self.graph.confirms(s.key)):
            last = {s.organization_id: s for s in self.standing_steps if s.key == key}
            seen = [s for s in last.values() if s.is_seen]
            seen.sort(key=lambda s: (s.organization.position, s.pk))
            rows = [self._confirmation(s) for s in seen]
            given = sum(s.state == Task.State.DONE and not (s.course or {}).get("ng") for s in seen)
            line = self.line(key)
            found.append(Confirmations(line.number, line.work, rows, given, len(last) - len(seen)))
        return found

    @property
    def hidden_confirmations(self) -> int:
        """Municipalities whose confirmations the person doesn't read."""
        return max((c.others for c in self.confirmations), default=0)

    def _confirmation(self, step: Any) -> Confirmation:
        is_common = step.organization.kind == Organization.Kind.UNION
        kind, word, said = self._said(step)
        if step.is_open:
            words = self.due(step)[1]
        else:
            words = " ".join(filter(None, [when(step.closed_at, self.now), str(step.closed_by or "")]))
        who = _("共通") if is_common else str(step.organization)
        is_mine = any(t.step is step and t.is_mine for t in self.turns)
        return Confirmation(step, who, (kind, word), said, words, is_mine)

    def _said(self, step: Any) -> tuple[str, str, str]:
        """(pill, result, the rest of its texts) of a confirmation."""
        if step.is_open:
            return "wait", _("未確認"), ""
        if step.state == Task.State.SKIPPED:
            return "na", _("取り下げ") if step.is_withdrawn else _("対象外"), step.reason
        asks = {key for edge in edges_of(step, "confirming") for key in edge.condition}
        fields = self.fields(step)
        result = next((text_of(f.row, step.answers.get(f.key)) for f in fields if f.key in asks), "")
        texts = [f for f in fields if f.kind == FieldKind.TEXT and step.answers.get(f.key)]
        is_ng = (step.course or {}).get("ng")
        said = "\n".join(text_of(f.row, step.answers[f.key]) for f in texts)
        return ("bad" if is_ng else "done"), result or _("完了"), said

    @cached_property
    def change(self) -> Panel | None:
        """What a change shows beside: the planned day, works, confirmations round by round."""
        if self.case.kind != CaseKind.CHANGE:
            return None
        files: dict[int, list[Paper]] = {}
        for file in self.papers.files.values():
            if file.task_id and file.gone_at is None:
                files.setdefault(file.task_id, []).append(file)
        steps = [s for s in self.steps if not s.is_withdrawn or s.key == self.case.entry.key]
        return panel_of(
            self.case, steps, self.user, now=self.now, today=self.today, concerned=self.concerned_ids,
            files=files, calendars=self.calendars,
        )  # fmt: skip

    @property
    def files(self) -> list[Paper]:
        """Newest first; of a withdrawn one the tombstone."""
        return sorted(self.papers.files.values(), key=lambda f: (f.at, f.pk), reverse=True)

    @cached_property
    def linked(self) -> list[Any]:
        return linked_of(self.case, self.reach)

    @property
    def sources(self) -> list[Any]:
        return [c for c in self.linked if c.is_source]

    @property
    def targets(self) -> list[Any]:
        return [c for c in self.linked if c.is_target and not c.is_source]

    @property
    def duplicates(self) -> list[Any]:
        return [c for c in self.linked if c.duplicate_of_id == self.case.pk]

    @cached_property
    def original(self) -> Any:
        """The case of which this one is a duplicate, if the person reads it."""
        return next((c for c in self.linked if c.pk == self.case.duplicate_of_id), None)


def _is_asked(f: Field) -> bool:
    return f.row.is_asked or any(column.is_asked for column in f.columns)
