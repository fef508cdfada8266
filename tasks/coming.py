"""The next occasions of a duty by its rule. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from opsdesk.calendar.days import Calendar, add_months
from raci.models import Cycle

from .recurrence import Occurrence, Rule, occurrences

MANY = 12


def coming(rule: Rule | None, calendar: Calendar, today: date, many: int = MANY) -> list[Occurrence]:
    """The next `many` occurrences that are not yet due on `today`; of a duty without a rule none."""
    if rule is None:
        return []
    if rule.cycle == Cycle.DAILY:
        return occurrences(rule, calendar, today, today + timedelta(12 + 5 * many))[:many]
    assert rule.due is not None, "a monthly or yearly rule has its points"
    months = 1 if rule.cycle == Cycle.MONTHLY else 12
    start = add_months(today.replace(day=1), -rule.due.month - months - 1)
    found = occurrences(rule, calendar, start, add_months(start, months * (many + 4)))
    return [o for o in found if o.due_on >= today][:many]
