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
from raci.definition import definition_of
from raci.models import Cycle, Duty
from raci.outline import outline_of

from .models import Task

LAST = 3
#: What the page reads of a neighbour; building all columns of five tables costs more than the question.
COLUMNS = (
    "key", "period", "period_on", "serial", "state", "due_on", "due_at", "done_on", "closed_at", "outcome",
    "answers", "assignee_id", "lead_id", "saved_at",
    "duty__number", "duty__work", "duty__cycle", "duty__position",
    "organization__kind", "organization__short_name", "organization__position", "closed_by__name",
)  # fmt: skip


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
    definition = definition_of(task.duty_id)
    line = Task.objects.filter(key=task.key, organization=task.organization_id).exclude(pk=task.pk)
    earlier = line.filter(period_on__lt=task.period_on, due_at__lte=task.due_at).order_by("-due_at", "serial")
    later = line.filter(period_on__gt=task.period_on, due_at__gte=task.due_at).order_by("due_at", "serial")
    ends: list[Any] = [earlier[:1], later[:1], earlier.done()[:LAST]]
    arms = [
        Task.objects.filter(along(task, definition.before)).order_by().values("pk"),
        Task.objects.filter(along(task, definition.after)).order_by().values("pk"),
        *(Task.objects.filter(pk__in=some.values("pk")).order_by().values("pk") for some in ends),
    ]
    near = arms[0].union(*arms[1:], all=True)  # an OR of them would read the whole table
    rows = list(_rows(Task.objects.visible_to(user, today).filter(pk__in=near).exclude(pk=task.pk)))
    before, after = {d.key for d in definition.before}, {d.key for d in definition.after}
    own = [t for t in rows if t.key == task.key and t.organization_id == task.organization_id]
    past = sorted((t for t in own if t.period_on < task.period_on), key=lambda t: t.period_on, reverse=True)
    return Around(
        before=[t for t in rows if t.key in before],
        after=[t for t in rows if t.key in after],
        previous=past[0] if past else None,
        next=next((t for t in own if t.period_on > task.period_on), None),
        last=[t for t in past if t.state == Task.State.DONE][:LAST],
    )


def _rows(tasks: QuerySet[Task]) -> QuerySet[Task]:
    rows = tasks.select_related("duty", "organization", "closed_by").only(*COLUMNS)
    return rows.order_by("duty__position", "organization__position", "pk")


def along(task: Task, duties: Iterable[Duty]) -> Q:
    """Tasks of `duties` in the same period; of a month also of its fiscal year, and the other way round."""
    found = Q(pk__in=[])
    for duty in duties:
        found |= Q(key=duty.key) & _same_period(task, duty)
    if task.organization.kind == Organization.Kind.UNION:
        return found
    return found & (Q(organization=task.organization_id) | Q(organization__kind=Organization.Kind.UNION))


def _same_period(task: Task, duty: Duty) -> Q:
    if duty.cycle == task.duty.cycle:
        return Q(period=task.period)
    year = FiscalYear.of(task.period_on)
    if duty.cycle == Cycle.YEARLY:
        return Q(period=f"FY{year.year}")
    if task.duty.cycle == Cycle.YEARLY:
        return Q(period_on__range=(year.starts_on, year.ends_on))
    return Q(period=task.period)


def missing_before(task: Task) -> list[str]:
    """Names of the predecessors that are open: waiting blocks nothing, the closing says what was missing."""
    rows = _rows(Task.objects.open().filter(along(task, definition_of(task.duty_id).before)))
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
    rows = Task.objects.open().filter(key__in={k for k, _p in places}, period__in={p for _k, p in places})
    open_: dict[tuple[int, str], set[int]] = {}
    for key, period, of in rows.order_by().values_list("key", "period", "organization_id").distinct():
        open_.setdefault((key, period), set()).add(of)
    found: dict[int, list[int]] = {}
    for task in (t for t in tasks if wanted.get(t.pk)):
        for place, number in wanted[task.pk].items():
            who = open_.get(place, set())
            if who & {task.organization_id, union_id} or (who and task.organization_id == union_id):
                found.setdefault(task.pk, []).append(number)
    return found


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
    found = Task.objects.done().filter(along(task, definition_of(task.duty_id).after))
    rows = list(_rows(found))
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
