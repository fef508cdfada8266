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

from .models import Task

LAST = 3


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
    line = Task.objects.filter(key=task.key, organization=task.organization_id).exclude(pk=task.pk).order_by()
    earlier = line.filter(period_on__lt=task.period_on)
    wanted = (
        along(task, definition.before)
        | along(task, definition.after)
        | Q(pk__in=earlier.order_by("-period_on", "serial").values("pk")[:1])
        | Q(pk__in=line.filter(period_on__gt=task.period_on).order_by("period_on", "serial").values("pk")[:1])
        | Q(pk__in=earlier.done().order_by("-period_on", "serial").values("pk")[:LAST])
    )
    rows = list(_rows(Task.objects.visible_to(user, today).filter(wanted).exclude(pk=task.pk)))
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
    return tasks.select_related("duty", "organization", "closed_by").order_by(
        "duty__position", "organization__position", "pk"
    )


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
    found = Task.objects.open().filter(along(task, definition_of(task.duty_id).before))
    return [name_of(t) for t in _rows(found)[:20]]


def later_done(task: Task) -> str:
    """The name of a later step of the same period that is closed, or ""."""
    found = Task.objects.done().filter(along(task, definition_of(task.duty_id).after))
    first = _rows(found).first()
    return name_of(first) if first else ""


def name_of(task: Task) -> str:
    """No.28 月次処理計画・立案(汐見市)."""
    who = "" if task.organization.kind == Organization.Kind.UNION else f"({task.organization})"
    return _("No.%(number)s %(work)s%(who)s") % {
        "number": task.duty.number,
        "work": task.duty.work,
        "who": who,
    }
