"""The head of a case's page: its state, facts, the bar of steps, the next act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from raci.definition import definition_of
from raci.models import Mark, Sharing, Signer
from raci.outline import Line, outline_of
from tasks import kinds
from tasks.acting import CLOSE, when
from tasks.casewriters import fillers
from tasks.chain import DONE, SKIPPED
from tasks.choices import all_teams
from tasks.following import steps_of
from tasks.forms import text_of
from tasks.models import Case, Task
from tasks.signing import label_of
from tasks.stepdue import Answers

from .bar import NG, NOW, TODO, Box, boxes, look_of
from .base import Base

STATE_PILLS = {
    Case.State.OPEN: "run",
    Case.State.CLOSED: "done",
    Case.State.WITHDRAWN: "na",
    Case.State.DUPLICATE: "na",
}


@dataclass(frozen=True)
class Place:
    """One place of the bar in words; `url` is empty where there is nothing to open."""

    look: str
    number: str
    name: str
    words: str
    url: str
    is_again: bool


@dataclass(frozen=True)
class Turn:
    """An open step: whose turn it is, and by which row of the matrix."""

    step: Any
    teams: str
    marks: list[tuple[str, str]]
    due: tuple[str, str]
    place: str
    signer: str
    is_mine: bool
    may_fill: bool

    @property
    def verb(self) -> str:
        if self.step.duty.sharing == Sharing.SIGNERS:
            return _("署名する")
        return _("完了にする") if self.is_mine else _("記入する")


class Head(Base):
    @property
    def state(self) -> tuple[str, str]:
        return STATE_PILLS[Case.State(self.case.state)], str(self.case.get_state_display())

    @property
    def raised_by(self) -> str:
        """Who, for whom; to a municipality another one is 他団体."""
        team = self.case.raised_for
        if team is None or self.case.raised_by is None:
            return _("システム")
        if str(team) in self.other_teams:
            return _("他団体")
        return f"{self.case.raised_by}({team})"

    @property
    def reporter(self) -> str:
        return self.name_of(self.case.reporter) if self.case.reporter else ""

    def line(self, key: int) -> Line:
        return outline_of(self.case.entry.edition_id).keys[key]

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """(label, answer) of the level and the day on which due dates of the chain stand; the last known."""
        found: dict[str, tuple[str, str]] = {}
        wanted = self._due_names
        for step in self.steps:
            for f in self.fields(step):
                kind = wanted.get((step.key, f.key))
                if kind and (text := text_of(f.row, self.known.get(step.key, {}).get(f.key))):
                    found[kind] = (f.row.label, text)
        return list(found.values())

    @cached_property
    def known(self) -> Answers:
        """What the steps that the person sees answered, as it is judged today."""
        return kinds.of(self.case.kind).known(self.case, {s.key: s.answers for s in self.steps})

    @cached_property
    def parts(self) -> dict[str, list[kinds.Part]]:
        """What the app of this kind of case adds, by place."""
        found: dict[str, list[kinds.Part]] = {}
        for part in kinds.of(self.case.kind).parts(self):
            found.setdefault(part.place, []).append(part)
        return found

    @property
    def _due_names(self) -> dict[tuple[int, str], str]:
        """(duty key, field key) → level or day, of all that the standard dues of the chain look at."""
        found = {}
        for key in self.graph.chain(self.case.entry.key):
            rule = self.line(key).duty.standard_due
            for name, kind in (("level", "level"), ("before", "day"), ("on", "day")):
                if isinstance(rule.get(name), str):
                    other, dot, field = rule[name].rpartition(".")
                    found[int(other) if dot else key, field] = kind
        return found

    @cached_property
    def bar(self) -> list[Place]:
        return [self._place(b, with_words=True) for b in self._boxes]

    @cached_property
    def small_bar(self) -> list[Place]:
        """The bar without its words, for the page of a step."""
        return [self._place(b, with_words=False) for b in self._boxes]

    @property
    def _boxes(self) -> list[Box]:
        return boxes(self.graph, steps_of(self.standing_steps), self.case.entry.key)

    @property
    def bar_columns(self) -> int:
        return min(6, len(self.bar) + 1)

    def _place(self, box: Box, *, with_words: bool) -> Place:
        lines = [self.line(key) for key in box.keys]
        name = lines[0].short if len(lines) == 1 else _("いずれかを選ぶ")
        if box.round > 1:
            name = _("%(name)s 第%(n)s回") % {"name": name, "n": box.round}
        numbers = "・".join(str(line.number) for line in lines)
        steps = [s for s in self.standing_steps if s.pk in box.numbers]
        words = self._words(box, steps) if with_words else ""
        look = box.look
        if look == NG and not any((s.course or {}).get("ng") for s in steps if s.is_seen):
            look = DONE  # what another municipality said is not told
        return Place(look, f"No.{numbers}", name, words, self._url(box, steps), box.round > 1)

    def _words(self, box: Box, steps: Sequence[Any]) -> str:
        seen = [s for s in steps if s.is_seen]
        others = len(steps) - len(seen)
        hidden = [_("他団体 %(n)s件") % {"n": others}] if others else []
        if box.look == TODO:
            return _("必要なとき") if box.is_optional and len(box.keys) == 1 else _("これから")
        if len(seen) == 1:
            return " ".join([self._word(seen[0]), *hidden])
        done = sum(not s.is_open for s in seen)
        word = _("%(done)s/%(all)s 完了") % {"done": done, "all": len(seen)} if seen else ""
        if box.look == NG and seen:
            ng = sum(bool((s.course or {}).get("ng")) for s in seen)
            word = _("NG %(ng)s OK %(ok)s") % {"ng": ng, "ok": len(seen) - ng}
        return " ".join(filter(None, [word, *hidden]))

    def _word(self, step: Any) -> str:
        if step.is_open:
            return self.due(step)[1]
        look = look_of(steps_of([step]))
        who = "" if str(step.closed_for) in self.other_teams else str(step.closed_by or "")
        said = {DONE: "", SKIPPED: _("対象外"), NG: _("NG")}[look]
        said = _("取り下げ") if step.is_withdrawn else said
        moment = when(step.closed_at, self.now) if step.closed_at else ""
        return " ".join(filter(None, [said, moment, who]))

    def _url(self, box: Box, steps: Sequence[Any]) -> str:
        seen = [s for s in steps if s.is_seen]
        if box.look == TODO:
            return "" if len(box.keys) > 1 else reverse("tasks:duty", args=[self.line(box.keys[0]).number])
        if len(seen) == 1:
            return reverse("tasks:detail", args=[seen[0].pk])
        return ("#s-turn" if box.look == NOW else "#s-res") if seen else ""

    @cached_property
    def turns(self) -> list[Turn]:
        """The open steps, mine first."""
        found = [self._turn(step, self.signer_of(step)) for step in self.open_steps]
        return sorted(found, key=lambda t: not t.is_mine)

    def signer_of(self, step: Task) -> Signer | None:
        """Whose signature is next, of a step that is signed in order."""
        if step.duty.sharing != Sharing.SIGNERS:
            return None
        given = self.papers.signed.get(step.pk, set())
        return next((s for s in definition_of(step.duty_id).signers if s.position not in given), None)

    @property
    def hidden_turns(self) -> int:
        """Open steps of other municipalities."""
        return sum(s.is_open and not s.is_seen for s in self.standing_steps)

    def _turn(self, step: Any, signer: Signer | None) -> Turn:
        is_common = step.organization.kind == Organization.Kind.UNION
        teams = [t for t in self.standing.teams if self._signs(t, step, signer)] if signer else []
        return Turn(
            step=step,
            teams=label_of(signer, step) if signer else self._main_teams(step),
            marks=self.marks_of(step),
            due=self.due(step),
            place="" if is_common else str(step.organization),
            signer=label_of(signer, step) if signer else "",
            is_mine=bool(teams) if signer else bool(self.own(step, CLOSE)),
            may_fill=signer is None and bool(fillers(step, self.user, self.today, self.concerned_ids)),
        )

    def _signs(self, team: Any, step: Task, signer: Signer) -> bool:
        is_own = team.role.kind != Organization.Kind.MEMBER or team.organization_id == step.organization_id
        may = not signer.is_approver or team.pk in self.standing.approver_of
        return team.role_id == signer.role_id and is_own and may

    def _main_teams(self, step: Task) -> str:
        """Names of the teams with ◎; of a step of one municipality only its own, of a lead the lead."""
        if step.lead is not None:
            return str(step.lead)
        roles = self.line(step.key).roles_with()
        is_common = step.organization.kind == Organization.Kind.UNION
        found = {
            t.name: None
            for t in all_teams()
            if t.role_id in roles
            and (not t.is_member or is_common or t.organization_id == step.organization_id)
        }
        return "・".join(found)

    def marks_of(self, step: Task) -> list[tuple[str, str]]:
        """(mark, role), strongest first: the reason why whom (担当の根拠)."""
        order = [Mark.MAIN.value, Mark.SUPPORT.value, Mark.RELATED.value]
        found = sorted(definition_of(step.duty_id).assignments, key=lambda a: order.index(a.mark))
        return [(a.mark, str(a.role)) for a in found]

    @cached_property
    def primary(self) -> Turn | None:
        """The next act of mine: what I may close or sign, else what I may fill in."""
        mine = [t for t in self.turns if t.is_mine] or [t for t in self.turns if t.may_fill]
        return mine[0] if mine else None
