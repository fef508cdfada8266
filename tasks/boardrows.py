"""The rows of a dashboard as texts: everything a template prints, computed here once a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.era import era_short, era_year
from opsdesk.lib.templatetags import ui
from raci.models import Cycle, Mark, Sharing
from raci.outline import Line, outline_of

from .boards import Board
from .models import Outcome, Task
from .words import case_words, due_words, extra_words

OVERDUE, TODAY, UPCOMING, DONE = "overdue", "today", "upcoming", "done"


@dataclass(frozen=True)
class Row:
    """One task. `close_url` is where the form for closing in the row comes from, "" if there is none."""

    id: int
    kind: str  # of the row: over, done or ""
    due_kind: str
    due: str
    on: date
    day: str
    number: int
    work: str
    short: str
    url: str
    extra: str
    what: tuple[str, ...]
    section: str
    mark: SafeString
    cycle: SafeString
    who: str
    files: str
    pill: SafeString
    action: str
    action_url: str
    close_url: str


class RowMaker:
    """Makes the rows of one board; `open_before` names an open predecessor by (key, period)."""

    def __init__(self, board: Board, open_before: Mapping[tuple[int, str], str] | None = None) -> None:
        self.board, self.open_before = board, open_before or {}
        self.close = reverse("tasks:close", args=[0]).partition("0")
        self.roles = {team.role.name for team in board.standing.teams}
        self.words = {
            "close": _("完了にする"),
            "open": _("開く"),
            "sign": _("署名する"),
            "done": _("記録を見る"),
        }

    def sections(self, tasks: Iterable[Task]) -> dict[str, list[Row]]:
        """The rows by kind: overdue, today, upcoming, done."""
        found: dict[str, list[Row]] = {OVERDUE: [], TODAY: [], UPCOMING: [], DONE: []}
        for task in tasks:
            found[self.kind(task)].append(self.row(task))
        return found

    def kind(self, task: Task) -> str:
        if not task.is_open:
            return DONE
        if task.due_at < self.board.now:
            return OVERDUE
        return TODAY if task.due_on == self.board.today else UPCOMING

    def row(self, task: Task) -> Row:
        board = self.board
        line = outline_of(task.duty.edition_id).lines[task.duty_id]
        kind = self.kind(task)
        due_kind, due = due_words(task, board.calendar, board.now, board.today)
        waits_for = self.waits_for(task)
        turn = (task.is_open and task.waits_for) or ""  # type: ignore[attr-defined]
        is_theirs = bool(turn) and turn not in self.roles
        action, fragment = self.action(task, line)
        url = board.detail(task.pk)
        return Row(
            id=task.pk,
            kind="" if is_theirs else {OVERDUE: "over", DONE: "done"}.get(kind, ""),
            due_kind="soon" if is_theirs else due_kind,  # waiting for somebody else is never red
            due=due,
            on=task.due_on,
            day=era_short(task.due_on, board.today) if kind in (OVERDUE, UPCOMING) else "",
            number=line.number,
            work=line.work,
            short=line.short,
            url=url,
            extra=extra_words(task),
            what=self.what(task, turn, waits_for),
            section=line.section,
            mark=ui.mark(board.standing.mark_on(task.duty_id, task.organization_id)),
            cycle=ui.cycle(line.cycle),
            who=_surname(task.assignee.name) if task.assignee else "",
            files=_files(task.files, line.files),  # type: ignore[attr-defined]
            pill=ui.pill(*self.state(task, kind, turn, waits_for)),
            action=self.words[action],
            action_url=url + fragment,
            close_url=f"{self.close[0]}{task.pk}{self.close[2]}"
            if action == "close" and self.close[0]
            else "",
        )

    def waits_for(self, task: Task) -> str:
        return self.open_before.get((task.key, task.period), "") if task.is_open else ""

    def what(self, task: Task, turn: str, waits_for: str) -> tuple[str, ...]:
        board = self.board
        is_own = board.is_member or task.organization_id == board.standing.union_id
        if task.case is not None:
            return self.of_case(task, is_own)
        words = [
            period_words(task.duty.cycle, task.period_on, board.today),
            "" if is_own else task.organization.short_name,
            _("遡及") if task.is_caught_up else "",
            _("%(who)sの署名待ち") % {"who": turn} if turn else "",
            _("%(step)sの完了待ち") % {"step": waits_for} if waits_for else "",
        ]
        return tuple(word for word in words if word)

    def of_case(self, task: Task, is_own: bool) -> tuple[str, ...]:
        """CHG-R8-0001 第2回, its title, and whose step it is."""
        title = task.case.title if task.case else ""
        words = [case_words(task), title, "" if is_own else task.organization.short_name]
        return tuple(word for word in words if word)

    def state(self, task: Task, kind: str, turn: str, waits_for: str) -> tuple[str, str]:
        """(kind of the pill, word)."""
        if task.state == Task.State.SKIPPED:
            return "na", _("対象外")
        if kind == DONE:
            return ("warn", _("異常あり")) if task.outcome == Outcome.ABNORMAL else ("done", _("完了"))
        if turn and turn not in self.roles:
            return "wait", _("確認待ち")
        if kind == OVERDUE:
            return "bad", _("超過")
        if turn:
            return "wait", _("署名待ち")
        if waits_for:
            return "warn", _("先行待ち")
        return ("run", _("作業中")) if task.is_begun else ("", _("未着手"))

    def action(self, task: Task, line: Line) -> tuple[str, str]:
        """(word, where on the task's page). ◎ closes, or signs where signatures close; ○ and △ open."""
        if not task.is_open:
            return "done", ""
        if self.board.standing.mark_on(task.duty_id, task.organization_id) != Mark.MAIN:
            return "open", ""
        if task.duty.sharing != Sharing.SIGNERS:
            return "close", "#close"
        turn = task.waits_for or next(iter(line.signers), "")  # type: ignore[attr-defined]
        return ("sign", "#sign") if turn in self.roles else ("open", "")


def period_words(cycle: str, on: date, today: date) -> str:
    """12月分, 令和9年4月分, 令和9年度, 11/19(木)分; nothing for today's daily work."""
    if cycle == Cycle.YEARLY:
        return FiscalYear.of(on).label
    if cycle == Cycle.DAILY:
        return "" if on == today else _("%(day)s分") % {"day": era_short(on, today)}
    if FiscalYear.of(on) == FiscalYear.of(today):
        return _("%(month)s月分") % {"month": on.month}
    return _("%(year)s年%(month)s月分") % {"year": era_year(on), "month": on.month}


def _files(there: int, asked: int) -> str:
    return f"{there}/{asked}" if asked else str(there or "")


def _surname(name: str) -> str:
    return name.split()[0] if name.strip() else ""
