"""The next occasions of a duty by its rule, the next business days. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from opsdesk.calendar.days import DAY, Calendar, add_months
from opsdesk.lib.era import era_short
from raci.models import Cycle

from .recurrence import Occurrence, Rule, occurrences

MANY = 12
#: Business days that a form names beside a due day to be given.
DAYS = 3


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


def business_days_in_words(calendar: Calendar, today: date, many: int = DAYS) -> str:
    """11/24(火) 第15開庁日、11/25(水) 第16開庁日 …: the next ones, `today` included."""
    day, words = today, []
    for _nth in range(many):
        day = calendar.next_business_day(day)
        words.append(_("%(day)s 第%(n)s開庁日") % {"day": era_short(day, today), "n": calendar.ordinal(day)})
        day += DAY
    return "、".join(words)
