"""Where the counts of a plan lead: the list of tasks, a day of the month, the year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from opsdesk.calendar.fiscal import FiscalYear

from .boards import list_url
from .filters import PERIODIC
from .yearplan import Lot
from .yearplan_filter import PlanFilter


def year_url(choice: PlanFilter, year: int, **more: str) -> str:
    return _with(reverse("tasks:year", args=[year]), {**choice.params, **more})


def month_url(choice: PlanFilter, first: date, **more: str) -> str:
    return _with(reverse("tasks:month", args=[f"{first:%Y-%m}"]), {**choice.params, **more})


def day_url(choice: PlanFilter, day: date, lots: Iterable[Lot]) -> str:
    """Of what is due on `day`: the list of its tasks; the day in its month where some are still to come."""
    if any(lot.planned for lot in lots):
        return f"{month_url(choice, day)}#d-{day:%d}"
    return tasks_url(choice, cycle=PERIODIC, due_from=day, due_to=day)


def lots_url(choice: PlanFilter, lots: list[Lot]) -> str:
    """The list of the tasks of one duty in these lots; "" where there are none yet."""
    made = [lot for lot in lots if not lot.planned]
    if not made:
        return ""
    days = [lot.due_on for lot in made]
    return tasks_url(choice, duty=made[-1].line.number, due_from=min(days), due_to=max(days))


def tasks_url(choice: PlanFilter, **more: Any) -> str:
    return list_url(**{"state": "any", **more, **choice.params})


def fiscal_year_of(first: date) -> int:
    return FiscalYear.of(first).year


def _with(path: str, params: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in params.items() if value})
    return f"{path}?{query}" if query else path
