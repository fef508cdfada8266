"""Question: duties that every municipality does, as one row a period (「9/12 完了」)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, Min, Q, Value, When
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opsdesk.lib.era import era_short
from opsdesk.lib.templatetags import ui
from raci.models import Cycle, Scope
from raci.outline import outline_of

from .boardrows import OVERDUE, TODAY, UPCOMING, period_words
from .boards import Board
from .models import Task
from .words import due_words

#: Groups looked at, and shown of each kind.
LOOKED_AT, SHOWN = 60, 6


@dataclass(frozen=True)
class Part:
    """One municipality's task of a group."""

    name: str
    url: str
    is_open: bool
    pill: SafeString


@dataclass(frozen=True)
class Group:
    """One duty and period; `parts` are all municipalities, `url` is the list of them."""

    kind: str  # of the row: over or ""
    due_kind: str
    due: str
    day: str
    number: int
    work: str
    what: str
    section: str
    mark: SafeString
    cycle: SafeString
    pill: SafeString
    done: int
    parts: tuple[Part, ...]
    url: str

    @property
    def total(self) -> int:
        return len(self.parts)


@dataclass(frozen=True)
class Groups:
    """By kind; `more` says how many groups of a kind are not shown."""

    shown: dict[str, list[Group]]
    more: dict[str, int]


def groups_of(board: Board) -> Groups:
    """The groups with an open task in sight: two statements, none for a municipality."""
    if board.is_member:
        return Groups({}, {})
    found: dict[str, list[Task]] = {OVERDUE: [], TODAY: [], UPCOMING: []}
    for kind, task in _firsts(board):
        found[kind].append(task)
    shown = {kind: tasks[:SHOWN] for kind, tasks in found.items()}
    parts = _parts(board, [task for tasks in shown.values() for task in tasks])
    return Groups(
        {
            kind: [_group(board, kind, t, parts[t.key, t.period]) for t in tasks]
            for kind, tasks in shown.items()
        },
        {kind: len(tasks) - len(shown[kind]) for kind, tasks in found.items()},
    )


def _firsts(board: Board) -> list[tuple[str, Task]]:
    """Of each kind, duty and period an unsaved task that stands for all, the first due first."""
    kind = Case(
        When(due_at__lt=board.now, then=Value(OVERDUE)),
        When(due_on=board.today, then=Value(TODAY)),
        default=Value(UPCOMING),
        output_field=CharField(),
    )
    in_sight = Q(due_on__lte=board.today) | Q(due_on__lte=board.ahead[1]) & ~Q(duty__cycle=Cycle.DAILY)
    rows = (
        board.tasks.open()
        .filter(in_sight, duty__scope=Scope.EACH)
        .annotate(kind=kind)
        .values_list(
            "kind", "duty_id", "duty__edition_id", "key", "period", "period_on", "case__number", "case__title"
        )
        .annotate(at=Min("due_at"), on=Min("due_on"))
        .order_by("at", "key")[:LOOKED_AT]
    )
    found = []
    for name, duty, edition, key, period, period_on, number, title, at, on in rows:
        line = outline_of(edition).lines[duty]
        task = Task(duty=line.duty, key=key, period=period, period_on=period_on, due_at=at, due_on=on)
        task.of_case = f"{number} {title}" if number else ""  # type: ignore[attr-defined]
        found.append((name, task))
    return found


def _parts(board: Board, tasks: Sequence[Task]) -> dict[tuple[int, str], list[tuple]]:
    """(id, municipality, state, due on, due at) of what is not skipped, by key and period."""
    found: dict[tuple[int, str], list[tuple]] = {(t.key, t.period): [] for t in tasks}
    wanted = Q(pk__in=[])
    for key, period in found:
        wanted |= Q(key=key, period=period)
    rows = board.visible.filter(wanted).exclude(state=Task.State.SKIPPED) if found else Task.objects.none()
    for key, period, *row in rows.order_by("organization__position", "pk").values_list(
        "key", "period", "pk", "organization__short_name", "state", "due_on", "due_at"
    ):
        found[key, period].append(tuple(row))
    return found


def _group(board: Board, kind: str, task: Task, parts: list[tuple]) -> Group:
    line = outline_of(task.duty.edition_id).lines[task.duty_id]
    due_kind, due = due_words(task, board.calendar, board.now, board.today)
    days: list[date] = [on for *_, on, _at in parts]
    done = sum(state == Task.State.DONE for _pk, _name, state, _on, _at in parts)
    return Group(
        kind="over" if kind == OVERDUE else "",
        due_kind=due_kind,
        due=due,
        day="" if kind == TODAY else era_short(task.due_on, board.today),
        number=line.number,
        work=line.work,
        what=task.of_case or period_words(line.cycle, task.period_on, board.today),  # type: ignore[attr-defined]
        section=line.section,
        mark=ui.mark(board.standing.mark_on(task.duty_id, board.standing.union_id or 0)),
        cycle=ui.cycle(line.cycle),
        pill=_pill(kind, done),
        done=done,
        parts=tuple(_part(board, *part) for part in parts),
        url=board.url(state="any", duty=line.number, due_from=min(days), due_to=max(days)),
    )


def _pill(kind: str, done: int) -> SafeString:
    if kind == OVERDUE:
        return ui.pill("bad", _("超過"))
    return ui.pill("run", _("進行中")) if done else ui.pill("", _("未着手"))


def _part(board: Board, pk: int, name: str, state: str, _on: date, at: object) -> Part:
    if state == Task.State.DONE:
        return Part(name, board.detail(pk), False, ui.pill("done", _("完了")))
    is_late = at < board.now  # type: ignore[operator]
    return Part(
        name, board.detail(pk), True, ui.pill("bad", _("超過")) if is_late else ui.pill("", _("未完了"))
    )
