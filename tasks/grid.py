"""Question of the union: duties that every municipality does, the municipalities side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from opsdesk.lib.era import era_short
from opsdesk.lib.templatetags.dates import hm
from raci.models import Scope
from raci.outline import line_of

from .boardrows import period_words
from .boards import Board, list_url, within
from .filters import next_signer
from .models import Signature, Task
from .models.task import PERIODIC
from .oversight import TeamLine

#: Rows shown, and tasks looked at for them.
ROWS, TASKS = 20, 3000


@dataclass(frozen=True)
class Cell:
    """One municipality's task: `kind` is ok, no, wait, bad or na; `more` says when or whose turn."""

    kind: str
    word: str
    more: str = ""
    url: str = ""


NOTHING = Cell("na", gettext_noop("対象外"))


@dataclass
class Row:
    """One duty and period; `span` is how many rows its label stands for, 0 below the first of them."""

    label: str
    number: int
    work: str
    due: str
    url: str
    found: dict[int, Cell] = field(default_factory=dict)
    span: int = 0
    cells: SafeString = SafeString()

    @property
    def count(self) -> str:
        there = [c for c in self.found.values() if c.kind != "na"]
        return f"{sum(c.kind == 'ok' for c in there)}/{len(there)}"


class Found(NamedTuple):
    """What the grid asks of a task."""

    pk: int
    key: int
    duty_id: int
    organization_id: int
    period: str
    period_on: date
    due_on: date
    due_at: datetime
    state: str
    closed_at: datetime | None
    waits_for: str | None
    returned: bool


@dataclass(frozen=True)
class Grid:
    """`late` counts the overdue tasks of all `members`."""

    members: tuple[TeamLine, ...]
    rows: tuple[Row, ...]
    late: int


def grid_of(board: Board, teams: Sequence[TeamLine]) -> Grid:
    """Today's and this month's work of every municipality, and what is open but daily; one statement."""
    members = sorted((t for t in teams if t.is_member), key=lambda t: t.position)
    rows: dict[tuple[int, str], Row] = {}
    for task in _tasks(board):
        if (task.key, task.period) not in rows:
            rows[task.key, task.period] = _row(board, task)
        rows[task.key, task.period].found[task.organization_id] = _cell(board, task)
    shown = sorted(rows.values(), key=lambda row: row.label != _("今日"))[:ROWS]
    for at, row in enumerate(shown):
        if at == 0 or shown[at - 1].label != row.label:
            row.span = sum(r.label == row.label for r in shown)
        row.cells = _drawn([row.found.get(m.organization, NOTHING) for m in members])
    return Grid(tuple(members), tuple(shown), sum(m.late for m in members))


def _drawn(cells: Sequence[Cell]) -> SafeString:
    """The row's <td>s: words, and a colour that only repeats them. There may be a thousand on a page."""
    nothing = format_html(
        '<td class="c mt-na"><span class="vh">{}</span><span aria-hidden="true">–</span></td>',
        _(NOTHING.word),
    )
    return mark_safe("".join(nothing if cell is NOTHING else _cell_td(cell) for cell in cells))  # noqa: S308 - each is escaped


def _cell_td(cell: Cell) -> str:
    words = f"<b>{escape(cell.word)}</b> {escape(cell.more)}"
    return f'<td class="c mt-{cell.kind}"><a href="{escape(cell.url)}">{words}</a></td>'


def _tasks(board: Board) -> Iterable[Found]:
    periodic = PERIODIC & (Q(state=Task.State.OPEN) | within(*board.month))
    void = Signature.objects.filter(task=OuterRef("pk"), void_at__isnull=False)
    rows = (
        board.visible.filter(periodic | within(board.today, board.today), duty__scope=Scope.EACH, case=None)
        .annotate(waits_for=next_signer("role__name"), returned=Exists(void))
        .order_by("period_on", "duty__position", "pk")
    )
    return map(Found._make, rows.values_list(*Found._fields)[:TASKS])


def _row(board: Board, task: Found) -> Row:
    line = line_of(task.duty_id)
    label = period_words(line.cycle, task.period_on, board.today) or _("今日")
    due = hm(task.due_at) if task.due_on == board.today else era_short(task.due_on, board.today)
    url = list_url(state="any", duty=line.number, due_from=task.due_on, due_to=task.due_on)
    return Row(label, line.number, line.short, due, url)


def _cell(board: Board, task: Found) -> Cell:
    url = board.detail(task.pk)
    if task.state == Task.State.SKIPPED:
        return NOTHING
    if task.state == Task.State.DONE:
        return Cell("ok", _("済"), _closed(board, task.closed_at), url)
    if task.waits_for:
        return Cell("wait", _("待ち"), task.waits_for, url)
    returned = _("差戻し") if task.returned else ""
    if task.due_at < board.now:
        days = board.calendar.distance(task.due_on, board.today)
        late = _("%(days)s日") % {"days": days} if days else _("今日")
        return Cell("bad", _("遅れ"), f"{returned} {late}".strip(), url)
    return Cell("no", _("未"), returned, url)


def _closed(board: Board, at: datetime | None) -> str:
    if at is None:
        return ""
    day = timezone.localdate(at)
    return hm(at) if day == board.today else f"{day.month}/{day.day}"
