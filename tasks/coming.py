"""The next occasions of a duty by its rule. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from opsdesk.calendar.days import Calendar, add_months
from raci.models import Cycle

from .recurrence import Occurrence, Rule, occurrences

MANY = 12


def coming(rule: Rule | None, calendar: Calendar, today: date, many: int = MANY) -> list[Occurrence]:
    """The next `many` occurrences that are not yet due; of a duty without a rule none."""
    if rule is None:
        return []
    month = today.replace(day=1)
    start, end = {
        Cycle.DAILY.value: (today, today + timedelta(12 + 4 * many)),
        Cycle.MONTHLY.value: (add_months(month, -3), add_months(month, many + 3)),
        Cycle.YEARLY.value: (add_months(month, -15), add_months(month, 12 * (many + 2))),
    }[rule.cycle]
    return [o for o in occurrences(rule, calendar, start, end) if o.due_on >= today][:many]
