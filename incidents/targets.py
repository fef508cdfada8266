"""Whether an incident was judged and mended in time: its steps against their due. For the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from raci.models import Duty, DutyField, FollowUp
from tasks.models import Task

MET, MISSED = "met", "missed"
#: What the list may be filtered by: (value, words).
CHOICES = (
    ("judged-met", _("判定 期限内")),
    ("judged-missed", _("判定 期限後")),
    ("mended-met", _("復旧 期限内")),
    ("mended-missed", _("復旧 期限後")),
)


@dataclass(frozen=True)
class Duties:
    """Ids of the duties, of every edition, that judge an incident's level, and of those that mend it."""

    judging: Collection[int]
    mending: Collection[int]


def duties() -> Duties:
    """Those that ask for the level, and those that another duty confirms; two statements."""
    confirmed = FollowUp.objects.filter(
        kind=FollowUp.Kind.CONFIRMING, target_key=OuterRef("key"), duty__edition=OuterRef("edition")
    )
    return Duties(
        list(DutyField.objects.filter(key="level").values_list("duty", flat=True)),
        list(Duty.objects.filter(Exists(confirmed)).values_list("pk", flat=True)),
    )


def judged(of: Duties, now: datetime) -> Case:
    return _state(of.judging, now)


def mended(of: Duties, now: datetime) -> Case:
    return _state(of.mending, now)


def _state(duties: Collection[int], now: datetime) -> Case:
    """For incidents: "missed" if one of these steps came after its due or is open beyond it, "met" if all are
    done, else ""."""
    steps = Task.objects.filter(case=OuterRef("case"), duty__in=duties, is_withdrawn=False).order_by()
    late = Q(state=Task.State.DONE, closed_at__gt=F("due_at")) | Q(state=Task.State.OPEN, due_at__lt=now)
    done, is_open = steps.filter(state=Task.State.DONE), steps.filter(state=Task.State.OPEN)
    return Case(
        When(Exists(steps.filter(late)), then=Value(MISSED)),
        When(Exists(done) & ~Exists(is_open), then=Value(MET)),
        default=Value(""),
        output_field=CharField(),
    )


def filtered(incidents: QuerySet[Any], value: str, now: datetime) -> QuerySet[Any]:
    """Incidents by one of CHOICES."""
    what, _dash, state = value.partition("-")
    found = judged(duties(), now) if what == "judged" else mended(duties(), now)
    return incidents.annotate(target=found).filter(target=state)
