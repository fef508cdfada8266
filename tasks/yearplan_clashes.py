"""Clashes in words: open work, a day to come or a planned day that falls on a closed day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from opsdesk.lib.era import era_short
from raci.outline import line_of

from .models import Task
from .words import period_short
from .yearplan import Known, Lot, Plan, is_daily
from .yearplan_events import planned_days


@dataclass(frozen=True, order=True)
class Clash:
    """`words` is a whole sentence; `url` the task it is about, or "" if there is none yet."""

    on: date
    number: int
    words: str
    url: str = ""


def clashes(plan: Plan) -> list[Clash]:
    """From today on, within the plan's days."""
    found = {*_open_tasks(plan), *_planned(plan), *_written(plan)}
    first = max(plan.first, plan.today)
    return sorted(clash for clash in found if first <= clash.on <= plan.last)


def _open_tasks(plan: Plan) -> Iterator[Clash]:
    """Due on a day that was closed after the task was made, or that its rule leaves as it is."""
    for row in plan.seen:
        if row.state == Task.State.OPEN and (why := _closed(plan, row.organization_id, row.due_on)):
            yield _clash(plan, row, row.due_on, _("期限"), why)


def _written(plan: Plan) -> Iterator[Clash]:
    for day in planned_days(plan):
        if why := _closed(plan, day.row.organization_id, day.on):
            yield _clash(plan, day.row, day.on, day.words, why)


def _planned(plan: Plan) -> Iterator[Clash]:
    """What is to come on a day that its rule leaves as it is (閉庁日もそのまま)."""
    for lot in plan.lots:
        why = _closed(plan, lot.organization_id, lot.due_on) if lot.planned and not is_daily(lot) else ""
        if why:
            words = _sentence(plan, _about(lot), lot.due_on, _("期限"), why)
            yield Clash(lot.due_on, lot.line.number, words)


def _closed(plan: Plan, organization: int, day: date) -> str:
    calendar = plan.book.calendars.get(organization)
    return calendar.reason_closed(day) if calendar else ""


def _clash(plan: Plan, row: Known, day: date, what: str, why: str) -> Clash:
    line = line_of(row.duty_id)
    period = period_short(Task(duty=line.duty, period_on=row.period_on), plan.first)
    whose = plan.names.get(row.organization_id, "") if row.organization_id != _union(plan) else ""
    about = " ".join(filter(None, [f"No.{line.number} {line.short}", whose, period]))
    return Clash(
        day, line.number, _sentence(plan, about, day, what, why), reverse("tasks:detail", args=[row.pk])
    )


def _union(plan: Plan) -> int:
    return plan.book.union.pk if plan.book.union else 0


def _about(lot: Lot) -> str:
    return f"No.{lot.line.number} {lot.line.short}"


def _sentence(plan: Plan, about: str, day: date, what: str, why: str) -> str:
    return _("%(about)s: %(what)s %(day)s は閉庁日(%(why)s)です。") % {
        "about": about,
        "what": what,
        "day": era_short(day, plan.first),
        "why": why,
    }
