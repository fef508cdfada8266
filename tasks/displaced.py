"""Questions: which open tasks are due on a day that somebody closed, and which were moved because of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Count, Q

from opsdesk.accounts.models import Organization
from opsdesk.calendar.days import Calendar
from opsdesk.calendar.models import ClosedDay, OpenDay

from .models import Task
from .models.task import TaskQuerySet


def due_on_closed(tasks: TaskQuerySet, days: Iterable[ClosedDay]) -> TaskQuerySet:
    """Those of `tasks` that are open and due on one of `days`, where it is closed for them.

    A day of the union or for all closes for everybody, a municipality's for its own tasks; a day that was
    opened for them isn't closed."""
    return tasks.open().filter(_closed_for(days)).exclude(_opened())


def on_closed_days(calendars: Mapping[int | None, Calendar]) -> Q:
    """The same by `calendars` that are read already (None: the union's, and of those that are not there)."""
    everywhere = _days_closed(calendars[None])
    own = {pk: _days_closed(calendar) for pk, calendar in calendars.items()}
    others = {pk: days for pk, days in own.items() if pk is not None and days != everywhere}
    found = Q(due_on__in=everywhere) & ~Q(organization__in=list(others))
    for pk, days in others.items():
        found |= Q(organization=pk, due_on__in=days)
    return found


def _days_closed(calendar: Calendar) -> frozenset[date]:
    return calendar.closed - calendar.opened


def moved_because_of(tasks: TaskQuerySet, day: ClosedDay) -> TaskQuerySet:
    """Those of `tasks` that were due on `day` first and are due on another one now."""
    return tasks.filter(_of(day), moved_from=day.on).exclude(due_on=day.on)


def counts(days: Iterable[ClosedDay]) -> dict[int, int]:
    """How many open tasks are due on each of `days`, by its id. Two statements."""
    days = list(days)
    rows = due_on_closed(Task.objects.all(), days).order_by().values_list("due_on", "organization_id")
    found = list(rows.annotate(n=Count("pk")))
    return {
        day.pk: sum(
            n for on, of, n in found if on == day.on and (_is_for_all(day) or of == day.organization_id)
        )
        for day in days
    }


def _closed_for(days: Iterable[ClosedDay]) -> Q:
    everywhere = {day.on for day in days if _is_for_all(day)}
    found = Q(due_on__in=everywhere)
    own: dict[int, set[date]] = {}
    for day in days:
        if not _is_for_all(day) and day.organization_id:
            own.setdefault(day.organization_id, set()).add(day.on)
    for organization, closed in own.items():
        found |= Q(organization=organization, due_on__in=closed)
    return found


def _of(day: ClosedDay) -> Q:
    return Q() if _is_for_all(day) else Q(organization=day.organization_id)


def _is_for_all(day: ClosedDay) -> bool:
    return day.organization is None or day.organization.kind == Organization.Kind.UNION


def _opened() -> Q:
    """Due on a day that was opened for everybody, or for the task's own organization."""
    everywhere = Q(organization=None) | Q(organization__kind=Organization.Kind.UNION)
    rows = OpenDay.objects.all()
    own = rows.exclude(everywhere)
    found = Q(due_on__in=rows.filter(everywhere).values("on"))
    for organization, on in own.values_list("organization_id", "on"):
        found |= Q(organization=organization, due_on=on)
    return found
