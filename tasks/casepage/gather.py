"""What the page of a case reads: the case, its steps, links and history, in a few statements."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from opsdesk.audit.models import Event
from raci.access import standing_of
from raci.outline import line_of
from tasks.models import Case, CaseLink, Concern, Task
from tasks.models.task import with_duty
from tasks.reach import Reach, reach_of

#: More of the history is not read; a case of 60 steps has a few hundred entries.
EVENTS = 2000
LINKS = 100


def case_of(user: Any, today: date, number: str) -> Any:
    """The case with what its page needs, and whom it `concerned` (organizations in their order),
    and whether any other one stands beside it (`has_linked`).

    Raises Case.DoesNotExist if it isn't the person's to read."""
    reach = reach_of(standing_of(user, today))
    rows = Concern.objects.filter(case__in=Case.objects.within(reach).filter(number=number))
    rows = rows.select_related("case__reporter", "case__raised_by", "case__raised_for", "organization")
    pk = OuterRef("case")
    beside = Exists(CaseLink.objects.filter(Q(case=pk) | Q(source=pk)))
    rows = rows.annotate(has_linked=beside | Exists(Case.objects.filter(duplicate_of=pk)))
    found: list[Any] = list(rows.order_by("organization__position", "pk"))
    if not found:
        raise Case.DoesNotExist
    case: Any = found[0].case
    case.entry = line_of(case.entry_id).duty
    case.concerned = [row.organization for row in found]
    case.has_linked = found[0].has_linked or case.duplicate_of_id is not None
    return case


def steps_of(case: Any, user: Any, today: date) -> tuple[list[Any], list[Any]]:
    """Every step in the order of opening, the withdrawn ones too, and the scheduled tasks whose findings
    brought the case up; `is_seen`: the person may open it."""
    seen = Task.objects.within(reach_of(standing_of(user, today))).filter(pk=OuterRef("pk"))
    sources = CaseLink.objects.filter(case=case, task__isnull=False).values("task")
    rows = Task.objects.filter(Q(case=case) | Q(pk__in=sources)).annotate(is_seen=Exists(seen))
    rows = rows.select_related("organization", "lead", "assignee", "closed_by", "closed_for")
    steps: list[Any] = []
    found: list[Any] = []
    for task in rows.order_by("pk"):
        if task.case_id == case.pk:
            task.case = case
        with_duty(task)
        (steps if task.case_id == case.pk else found).append(task)
    return steps, found


def linked_of(case: Any, reach: Reach) -> list[Any]:
    """Cases beside this one that the person reads: `is_source`, `is_target`, its duplicates, its original.

    Asks nothing where there is none."""
    if not case.has_linked:
        return []
    links = CaseLink.objects.order_by()
    found: QuerySet[Any] = Case.objects.within(reach).annotate(
        is_source=Exists(links.filter(case=case, source=OuterRef("pk"))),
        is_target=Exists(links.filter(source=case, case=OuterRef("pk"))),
    )
    of = Q(is_source=True) | Q(is_target=True) | Q(duplicate_of=case) | Q(pk=case.duplicate_of_id)
    return list(found.filter(of).order_by("-pk")[:LINKS])


def events_of(case: Case, steps: list[Any]) -> list[Event]:
    """What happened to the case and to `steps`, newest first."""
    about = Q(object_type=Case._meta.label_lower, object_id=str(case.pk))
    on_steps = Q(object_type=Task._meta.label_lower, object_id__in=[str(s.pk) for s in steps])
    return list(Event.objects.filter(about | on_steps).order_by("-pk")[:EVENTS])
