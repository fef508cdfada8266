"""Question: a municipality's own monthly work, month by month: what is done, what is due, what comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opsdesk.calendar.days import add_months
from opsdesk.lib.era import era_short
from opsdesk.lib.templatetags import ui
from raci.models import Cycle, Mark, Scope
from raci.outline import Line, outline_of

from .boardrows import period_words
from .boards import Board
from .flow import Flows, Step
from .recurrence import occurrences, rule_of


@dataclass(frozen=True)
class Deadline:
    """One month's: `kind` done, bad or "" ."""

    month: str
    kind: str
    pill: SafeString
    words: str
    url: str = ""


@dataclass(frozen=True)
class Deadlines:
    number: int
    work: str
    lines: tuple[Deadline, ...]


def deadlines_of(board: Board, flows: Flows) -> list[Deadlines]:
    """Of each monthly duty that every municipality does and that is mine by ◎; empty for anybody else."""
    if not board.is_member or not flows.steps:
        return []
    marks = board.standing.marks
    lines = [
        line
        for duty, line in outline_of(flows.steps[0].edition).lines.items()
        if line.cycle == Cycle.MONTHLY
        and line.duty.scope == Scope.EACH
        and Mark.MAIN.value in marks.get(duty, {}).values()
    ]
    return [Deadlines(line.number, line.short, _months(board, flows, line)) for line in lines]


def _months(board: Board, flows: Flows, line: Line) -> tuple[Deadline, ...]:
    """This month, the next and the one after: its task, or when it opens."""
    months = [*flows.months, add_months(flows.months[-1], 1)]
    there = {s.period_on: s for s in flows.steps if s.key == line.key}
    found = [
        _there(board, there[m], flows.waits_for(there[m])) if m in there else _coming(board, line, m)
        for m in months
    ]
    return tuple(deadline for deadline in found if deadline)


def _there(board: Board, step: Step, waits_for: str) -> Deadline:
    name = period_words(Cycle.MONTHLY, step.period_on, board.today)
    due = _("期限 %(day)s") % {"day": era_short(step.last_on, board.today)}
    url = board.url(state="any", duty=step.line.number, due_from=step.first_on, due_to=step.last_on)
    if not step.open:
        return Deadline(name, "done", ui.pill("done", _("完了")), due, url)
    if waits_for:
        words = _("%(due)s %(who)sの署名待ち") % {"due": due, "who": waits_for}
        return Deadline(name, "", ui.pill("wait", _("確認待ち")), words, url)
    if step.late:
        return Deadline(name, "bad", ui.pill("bad", _("超過")), due, url)
    days = _("あと%(n)s開庁日") % {"n": board.calendar.distance(board.today, step.last_on)}
    return Deadline(name, "", ui.pill("run", _("受付中")), f"{due} {days}", url)


def _coming(board: Board, line: Line, month: date) -> Deadline | None:
    rule = rule_of(line.duty)
    coming = occurrences(rule, board.calendar, month, month) if rule else []
    if not coming or coming[0].opens_on <= board.today:
        return None
    opens, due = (era_short(d, board.today) for d in (coming[0].opens_on, coming[0].due_on))
    words = _("%(opens)sから%(due)sまで") % {"opens": opens, "due": due}
    name = period_words(Cycle.MONTHLY, month, board.today)
    return Deadline(name, "", ui.pill("", _("開始前")), words)
