"""Question: begun tasks whose period belongs to another edition by now, to be moved by hand, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from opsdesk.accounts.models import Organization
from raci.models import Duty, Edition, Scope
from raci.outline import Line, outline_of

from .models import Attachment, Comment, Signature, Task
from .recurrence import rule_of


@dataclass(frozen=True)
class Stray:
    """`line`: the duty in the edition of the task's period, None if that has no such task."""

    task: Task
    edition: int
    line: Line | None


def touched() -> Q | Exists:
    """Somebody has taken the task, written, or attached something."""
    mine = {"task": OuterRef("pk")}
    return (
        Exists(Comment.objects.filter(**mine))
        | Exists(Attachment.objects.filter(**mine))
        | Exists(Signature.objects.filter(**mine))
        | Q(assignee__isnull=False)
        | Q(lead__isnull=False)
        | Q(saved_at__isnull=False)
        | ~Q(answers={})
    )


def edition_of_period() -> Subquery:
    """For tasks: the id of the edition in force on the first day of the period, as things stand now."""
    editions = Edition.objects.published().filter(in_force_on__lte=OuterRef("period_on"))
    return Subquery(editions.order_by("-in_force_on", "-pk").values("pk")[:1])


def strays(tasks: QuerySet[Task] | None = None) -> list[Stray]:
    """Open, begun and of another edition, which has no such task or gives ◎ to others; by deadline. Two
    statements."""
    outdated = _outdated()
    if not outdated:
        return []
    rows = Task.objects.all() if tasks is None else tasks
    found = (
        rows.filter(outdated, state=Task.State.OPEN, serial=0, duty__schedule__isnull=False)
        .annotate(edition_due=edition_of_period())
        .exclude(duty__edition_id=F("edition_due"))
        .filter(touched())
        .select_related("duty", "organization")
        .order_by("due_at", "pk")
    )
    return [stray for task in found if (stray := stray_of(task))]


def _outdated() -> Q:
    """Duties and periods that another edition has by now; empty if there has only been one.

    That is known before looking at what people did with a task, which costs much more."""
    found, state = Q(), Edition.State
    editions = Edition.objects.filter(state__in=Edition.ISSUED)
    rows = list(editions.order_by("in_force_on", "pk").values_list("pk", "in_force_on", "state"))
    published = [(pk, since) for pk, since, of in rows if of == state.PUBLISHED]
    for n, (pk, since) in enumerate(published):
        periods = Q(period_on__lt=since) if n else Q()
        if following := published[n + 1 : n + 2]:
            periods |= Q(period_on__gte=following[0][1])
        if periods:
            found |= Q(periods, duty__in=Duty.objects.filter(edition=pk))
    if withdrawn := [pk for pk, _since, of in rows if of == state.WITHDRAWN]:
        found |= Q(duty__in=Duty.objects.filter(edition__in=withdrawn))
    return found


def stray_of(task: Any) -> Stray | None:
    """Where an open `task` with `edition_due` belongs, if somebody has to move it there; None if not."""
    edition = getattr(task, "edition_due", None)
    if not task.is_open or task.serial or not edition or edition == task.duty.edition_id:
        return None
    own = outline_of(task.duty.edition_id).lines[task.duty_id]
    if rule_of(own.duty) is None:
        return None
    line = outline_of(edition).keys.get(task.key)
    if line is not None and not _has(line, task):
        line = None
    if line is not None and set(line.roles_with()) == set(own.roles_with()):
        return None
    return Stray(task, edition, line)


def _has(line: Line, task: Task) -> bool:
    """The duty still comes by the calendar, as often, and for that organization."""
    is_common = task.organization.kind == Organization.Kind.UNION
    return (
        rule_of(line.duty) is not None
        and line.cycle == task.duty.cycle
        and (line.duty.scope == Scope.COMMON) == is_common
    )
