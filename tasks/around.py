"""Questions about what stands around a task: what it waits for, what waits for it, its neighbours in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.statement import Statement
from raci.access import standing_of
from raci.definition import definition_of
from raci.models import Cycle, Duty
from raci.outline import outline_of

from .models import Task
from .models.task import with_duty

LAST = 3
#: What the page reads of a neighbour; building all columns of five tables costs more than the question.
COLUMNS = (
    "key", "duty_id", "period", "period_on", "serial", "state", "due_on", "due_at", "done_on", "closed_at",
    "outcome", "answers", "assignee_id", "lead_id", "saved_at",
    "case_id", "round", "organization__kind", "organization__short_name", "organization__position",
    "closed_by__name",
)  # fmt: skip
#: (key, cycle) of the duties along edges.
Edges = tuple[tuple[int, str], ...]


@dataclass
class Around:
    """Tasks near one: `before` and `after` along the edges, one period back and forth, the last closings."""

    before: list[Task] = field(default_factory=list)
    after: list[Task] = field(default_factory=list)
    previous: Task | None = None
    next: Task | None = None
    last: list[Task] = field(default_factory=list)


def around(task: Task, user: Any, today: date) -> Around:
    """Everything around `task` that `user` may read, in one statement."""
    definition, standing = definition_of(task.duty_id), standing_of(user, today)
    before, after = {d.key for d in definition.before}, {d.key for d in definition.after}
    edges = edges_of([*definition.before, *definition.after])
    found = NEAR.ask(*place_of(task), edges, pk=task.pk, key=task.key, **times_of(task))
    rows = _completed(
        t
        for t in found
        if t.case_id == task.case_id  # of another case nobody knows here whether they may read it
        and (standing.teams_for(t.duty_id, t.organization_id) or standing.is_union)
    )
    for near in rows:
        near.case = task.case
    own = [t for t in rows if t.key == task.key and t.organization_id == task.organization_id]
    past = sorted((t for t in own if t.period_on < task.period_on), key=lambda t: t.period_on, reverse=True)
    return Around(
        before=[t for t in rows if t.key in before],
        after=[t for t in rows if t.key in after],
        previous=past[0] if past else None,
        next=next((t for t in own if t.period_on > task.period_on), None),
        last=[t for t in past if t.state == Task.State.DONE][:LAST],
    )


def _near(cycle: str, is_common: bool, edges: Edges, *, pk: int, key: int, **times: Any) -> QuerySet[Task]:
    """Tasks along `edges` and in the task's own line: by their keys, an OR would read the whole table.

    The line goes along the index over key and period, whose names are in the order of time."""
    period, period_on = times["period"], times["period_on"]
    line = Task.objects.filter(key=key, organization=times["organization"]).exclude(pk=pk)
    earlier = line.filter(period_on__lt=period_on, period__lt=period).order_by("-period", "serial")
    later = line.filter(period_on__gt=period_on, period__gt=period).order_by("period", "serial")
    ends: list[Any] = [earlier[:1], later[:1], earlier.done()[:LAST]]
    arms = [
        Task.objects.filter(along(cycle, is_common, edges, **times)).order_by().values("pk"),
        *(Task.objects.filter(pk__in=some.values("pk")).order_by().values("pk") for some in ends),
    ]
    return _rows(Task.objects.filter(pk__in=arms[0].union(*arms[1:], all=True)).exclude(pk=pk))


def _rows(tasks: QuerySet[Task]) -> QuerySet[Task]:
    return tasks.select_related("organization", "closed_by").only(*COLUMNS).order_by()


NEAR = Statement(_near)


def _completed(tasks: Iterable[Task]) -> list[Task]:
    """With their duties, which are kept; in the order of the sheet."""
    found = list(map(with_duty, tasks))
    return sorted(found, key=lambda t: (t.duty.position, t.organization.position, t.pk))


def edges_of(duties: Iterable[Duty]) -> Edges:
    return tuple((d.key, d.cycle) for d in duties)


def place_of(task: Task) -> tuple[str, bool]:
    """What of a task decides how its neighbours are asked for."""
    return task.duty.cycle, task.organization.kind == Organization.Kind.UNION


def times_of(task: Task) -> dict[str, Any]:
    """The values that `along` takes."""
    year = FiscalYear.of(task.period_on)
    return {
        "organization": task.organization_id, "period": task.period, "period_on": task.period_on,
        "year": year.code, "year_on": year.starts_on, "year_end": year.ends_on,
    }  # fmt: skip


def along(
    cycle: str,
    is_common: bool,
    edges: Edges,
    *,
    organization: int,
    period: str,
    period_on: date,
    year: str,
    year_on: date,
    year_end: date,
) -> Q:
    """Tasks of `edges` in the same period; of a month also of its fiscal year, and the other way round."""
    found = Q(pk__in=[])
    for key, other in edges:
        same = Q(period=period)
        if other != cycle and other == Cycle.YEARLY:
            same = Q(period=year)
        elif other != cycle and cycle == Cycle.YEARLY:
            same = Q(period_on__range=(year_on, year_end))
        found |= Q(key=key) & same
    if is_common:
        return found
    return found & (Q(organization=organization) | Q(organization__kind=Organization.Kind.UNION))


def _beside(task: Task, duties: Iterable[Duty], tasks: QuerySet[Task]) -> list[Task]:
    """Those of `tasks` that belong to `duties` and to the occasion of `task`."""
    edges = edges_of(duties)
    return _completed(_rows(tasks.filter(along(*place_of(task), edges, **times_of(task))))) if edges else []


def missing_before(task: Task) -> list[str]:
    """Names of the predecessors that are open: waiting blocks nothing, the closing says what was missing."""
    rows = _beside(task, definition_of(task.duty_id).before, Task.objects.open())
    groups: dict[int, list[Task]] = {}
    for before in rows:
        groups.setdefault(before.duty_id, []).append(before)
    return [_name_from(task, group) for group in groups.values()]


def awaited(tasks: Iterable[Task], union_id: int | None) -> dict[int, list[int]]:
    """先行待ち of a page of rows: by id of an open task the No. of the duties before it that are open. One
    statement, none where nothing has anything before it.

    Of tasks with the duty that the process keeps (line_of): of the same period, or of the fiscal year."""
    wanted = {task.pk: _places_before(task) for task in tasks if task.is_open}
    places = {place for found in wanted.values() for place in found}
    if not places:
        return {}
    keys, periods = (tuple(sorted({place[n] for place in places})) for n in (0, 1))
    open_: dict[tuple[int, str], set[int]] = {}
    for key, period, of in OPEN.ask(keys, periods):
        open_.setdefault((key, period), set()).add(of)
    found: dict[int, list[int]] = {}
    for task in (t for t in tasks if wanted.get(t.pk)):
        for place, number in wanted[task.pk].items():
            who = open_.get(place, set())
            if who & {task.organization_id, union_id} or (who and task.organization_id == union_id):
                found.setdefault(task.pk, []).append(number)
    return found


def _open(keys: tuple[int, ...], periods: tuple[str, ...]) -> QuerySet[Any]:
    rows = Task.objects.open().filter(key__in=keys, period__in=periods)
    return rows.order_by().values_list("key", "period", "organization_id").distinct()


OPEN = Statement(_open)


def _places_before(task: Task) -> dict[tuple[int, str], int]:
    """(key, period) of what comes before `task`, with its No."""
    outline = outline_of(task.duty.edition_id)
    found = {}
    for line in (outline.keys[k] for k in outline.before.get(task.key, ()) if k in outline.keys):
        is_of_year = line.cycle == Cycle.YEARLY and task.duty.cycle != Cycle.YEARLY
        period = FiscalYear.of(task.period_on).code if is_of_year else task.period
        found[line.key, period] = line.number
    return found


def later_done(task: Task) -> str:
    """The name of a later step of the same period that is closed, or ""."""
    rows = _beside(task, definition_of(task.duty_id).after, Task.objects.done())
    return _name_from(task, [t for t in rows if t.duty_id == rows[0].duty_id]) if rows else ""


def _name_from(task: Task, group: list[Task]) -> str:
    """How tasks of one duty are named on `task`: on a common one, which all read, no municipality."""
    first = group[0]
    if first.organization_id == task.organization_id or first.organization.kind == Organization.Kind.UNION:
        return name_of(first)
    return _("No.%(number)s %(work)s(%(count)s団体)") % {
        "number": first.duty.number,
        "work": first.duty.work,
        "count": len(group),
    }


def name_of(task: Task) -> str:
    """No.28 月次処理計画・立案(汐見市)."""
    who = "" if task.organization.kind == Organization.Kind.UNION else f"({task.organization})"
    return _("No.%(number)s %(work)s%(who)s") % {
        "number": task.duty.number,
        "work": task.duty.work,
        "who": who,
    }
