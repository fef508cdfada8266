"""Question: how far the chained work of a month is (「12月処理分の流れ」), and which steps wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import CharField, Count, Max, Min, Q, Value
from django.utils.translation import gettext as _

from opsdesk.calendar.days import add_months
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.era import era_short
from raci.models import Cycle, Duty, Mark
from raci.outline import Line, Outline, outline_of

from .boards import Board, list_url
from .filters import next_signer
from .models import Task
from .recurrence import occurrences, rule_of


class Step(NamedTuple):
    """All tasks of one duty and period; `all` and `open` count organizations, for an extra occasion is none
    more; `all` without those that were skipped."""

    edition: int
    duty: int
    key: int
    period: str
    period_on: date
    all: int
    open: int
    late: int
    first_on: date
    last_on: date
    turn: str | None  # whose signature comes next, where somebody has signed; for a municipality only

    @property
    def line(self) -> Line:
        return outline_of(self.edition).lines[self.duty]


@dataclass(frozen=True)
class Shown:
    """One line of a flow: `kind` is done, bad, now or ""; a step that is not open yet has no list."""

    number: int
    work: str
    kind: str
    words: str
    url: str = ""


@dataclass(frozen=True)
class Flow:
    month: date
    title: str
    steps: tuple[Shown, ...]


class Flows:
    """The steps of this month, the next, and the fiscal years that hold them, in one statement."""

    def __init__(self, board: Board) -> None:
        self.board = board
        first = board.month[0]
        self.months = [first, add_months(first, 1)]
        years = {FiscalYear.of(first).code, FiscalYear.of(first).next().code}
        is_open = Q(state=Task.State.OPEN)
        chained = Duty.objects.filter(cycle__in=[Cycle.MONTHLY, Cycle.YEARLY]).values("key")  # for the index
        rows = (
            board.visible.filter(key__in=chained, period__in=[*(f"{m:%Y-%m}" for m in self.months), *years])
            .values_list("duty__edition_id", "duty_id", "key", "period", "period_on")
            .annotate(
                all=Count("organization", filter=~Q(state=Task.State.SKIPPED), distinct=True),
                opened=Count("organization", filter=is_open, distinct=True),
                late=Count("pk", filter=is_open & Q(due_at__lt=board.now)),
                first_on=Min("due_on"),
                last_on=Max("due_on"),
                turn=Max(next_signer("role__name"), filter=is_open)
                if board.is_member
                else Value(None, CharField()),
            )
        )
        self.steps = [Step(*row) for row in rows.order_by("duty__position")]

    def waits_for(self, step: Step) -> str:
        """Who else has the turn on a step that is one task, "" if it is ours."""
        ours = {team.role.name for team in self.board.standing.teams}
        return step.turn if step.all == 1 and step.turn and step.turn not in ours else ""

    def open_before(self) -> dict[tuple[int, str], str]:
        """Of (key, period): the first step before it, of the same period, that is open: No.30."""
        open_ = {(s.key, s.period): s for s in self.steps if s.open}
        found = {}
        for step in self.steps:
            before = [open_.get((k, step.period)) for k in outline_of(step.edition).before.get(step.key, ())]
            first = next((s for s in before if s), None)
            if first:
                found[step.key, step.period] = f"No.{first.line.number}"
        return found

    def flows(self) -> list[Flow]:
        """The longest chain of my duties, for each month that has an open step."""
        return [flow for flow in map(self._flow, self.months) if flow]

    def _flow(self, month: date) -> Flow | None:
        here = {s.key: s for s in self.steps if s.period_on == month and s.line.cycle == Cycle.MONTHLY}
        if not any(s.open for s in here.values()):
            return None
        outline = outline_of(next(iter(here.values())).edition)
        chain = self._chain(outline)
        if len(chain) < 2 or not any(key in here and here[key].open for key in chain):
            return None
        steps = [self._shown(here[k]) if k in here else self._coming(outline.keys[k], month) for k in chain]
        title = _("%(month)s月処理分の流れ") % {"month": month.month}
        return Flow(month, title, tuple(step for step in steps if step))

    def _chain(self, outline: Outline) -> list[int]:
        """Of the chains of months' work that I may see the longest; one with a ◎ of mine before any other."""
        standing, best, best_rank = self.board.standing, [], (False, 0)
        seen = {k: set(standing.marks.get(line.duty.pk, {}).values()) for k, line in outline.keys.items()}
        for key, line in outline.keys.items():
            whole = outline.chain(Cycle.MONTHLY, key) if line.cycle == Cycle.MONTHLY else ()
            chain = [k for k in whole if seen[k] or standing.is_union]
            rank = (any(Mark.MAIN.value in seen[k] for k in chain), len(chain))
            if rank > best_rank:
                best, best_rank = chain, rank
        return best

    def _shown(self, step: Step) -> Shown:
        url = list_url(state="any", duty=step.line.number, due_from=step.first_on, due_to=step.last_on)
        return Shown(step.line.number, step.line.short, *self._state(step), url)

    def _state(self, step: Step) -> tuple[str, str]:
        today = self.board.today
        parts = _("%(done)s/%(all)s団体") % {"done": step.all - step.open, "all": step.all}
        if not step.open:
            return "done", parts if step.all > 1 else _("完了")
        if self.waits_for(step):
            return "now", _("%(who)sの番") % {"who": step.turn}
        if step.late:
            return "bad", parts if step.all > 1 else _("超過")
        if step.all > 1:
            return "now", parts
        due = _("今日") if step.last_on == today else era_short(step.last_on, today)
        return "now", _("%(day)sまで") % {"day": due}

    def _coming(self, line: Line, month: date) -> Shown | None:
        """A step whose day has not come has no task yet; one whose day has passed is left out."""
        rule = rule_of(line.duty)
        coming = occurrences(rule, self.board.calendar, month, month) if rule else []
        if not coming or coming[0].opens_on <= self.board.today:
            return None
        day = era_short(coming[0].opens_on, self.board.today)
        return Shown(line.number, line.short, "", _("%(day)sから") % {"day": day})
