"""Rules of scheduled duties and their occurrences. Pure: the only opinion about dates that there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from opsdesk.calendar.days import Calendar, add_months, last_of_month
from opsdesk.calendar.fiscal import APRIL, FiscalYear
from raci.models import Cycle, Duty, Schedule
from raci.models.schedule import Anchor, Move

TOKYO = ZoneInfo("Asia/Tokyo")
END_OF_DAY = time(17, 15)


@dataclass(frozen=True)
class Point:
    """The nth business day (n < 0: from the end) or day n of the month `month` months after the period's."""

    by: str
    n: int
    month: int = 0


@dataclass(frozen=True)
class Rule:
    """When the tasks of a duty open and are due. Daily rules have no points: both are the day itself."""

    cycle: str
    days: str = Schedule.Days.BUSINESS.value
    opens: Point | None = None
    due: Point | None = None
    due_move: str = Move.PREVIOUS.value
    due_time: time = END_OF_DAY


@dataclass(frozen=True, order=True)
class Occurrence:
    """One occasion. `period` is `2026-11-24`, `2026-11` or `FY2026`; `due_at` is aware."""

    period_on: date
    period: str
    opens_on: date
    due_on: date
    due_at: datetime


def rule_of(duty: Duty) -> Rule | None:
    """The rule of `duty` as its edition states it; None for headings and for duties on demand."""
    schedule: Any = getattr(duty, "schedule", None)
    if schedule is None or duty.cycle not in (Cycle.DAILY, Cycle.MONTHLY, Cycle.YEARLY):
        return None
    if duty.cycle == Cycle.DAILY:
        return Rule(duty.cycle, days=schedule.days, due_time=schedule.due_time)
    if not (schedule.opens_by and schedule.due_by) or schedule.opens_n is None or schedule.due_n is None:
        return None
    return Rule(
        duty.cycle,
        opens=Point(schedule.opens_by, schedule.opens_n, schedule.opens_month),
        due=Point(schedule.due_by, schedule.due_n, schedule.due_month),
        due_move=schedule.due_move,
        due_time=schedule.due_time,
    )


def occurrences(rule: Rule, calendar: Calendar, start: date, end: date) -> list[Occurrence]:
    """Those of all periods whose first day lies in [start, end], in order; always opens_on <= due_on."""
    if rule.cycle == Cycle.DAILY:
        return [_occurrence(rule, d, d.isoformat(), d, d) for d in _days(rule, calendar, start, end)]
    is_monthly = rule.cycle == Cycle.MONTHLY
    first = start if start.day == 1 else add_months(start, 1)
    found = []
    while first <= end:
        if is_monthly or first.month == APRIL:
            period = f"{first:%Y-%m}" if is_monthly else FiscalYear.of(first).code
            due = _due(rule, calendar, first)
            found.append(_occurrence(rule, first, period, min(_opens(rule, calendar, first), due), due))
        first = add_months(first, 1)
    return found


def named_days(rule: Rule, calendar: Calendar, first: date) -> tuple[date, date]:
    """The days that a monthly or yearly rule names for opening and due of the period that begins on `first`,
    before they move off closed days, and before an opening after the due day is taken back to it."""
    assert rule.opens is not None and rule.due is not None, "a monthly or yearly rule has its points"
    return _day(rule.opens, calendar, first), _day(rule.due, calendar, first)


def _days(rule: Rule, calendar: Calendar, start: date, end: date) -> list[date]:
    if rule.days == Schedule.Days.EVERY:
        return [start + timedelta(days=i) for i in range((end - start).days + 1)]
    return calendar.business_days(start, end)


def _occurrence(rule: Rule, first: date, period: str, opens_on: date, due_on: date) -> Occurrence:
    return Occurrence(first, period, opens_on, due_on, due_at(rule, due_on))


def due_at(rule: Rule, day: date) -> datetime:
    """When on `day` a task of this rule is due; aware."""
    return datetime.combine(day, rule.due_time, TOKYO)


def _opens(rule: Rule, calendar: Calendar, first: date) -> date:
    assert rule.opens is not None, "a monthly or yearly rule has its points"
    return calendar.next_business_day(_day(rule.opens, calendar, first))


def _due(rule: Rule, calendar: Calendar, first: date) -> date:
    assert rule.due is not None, "a monthly or yearly rule has its points"
    day = _day(rule.due, calendar, first)
    if rule.due_move == Move.AS_IS:
        return day
    return (
        calendar.next_business_day(day) if rule.due_move == Move.NEXT else calendar.previous_business_day(day)
    )


def _day(point: Point, calendar: Calendar, first: date) -> date:
    """The day of `point`, not yet moved; in a month that is too short its last (or first) one."""
    month = add_months(first, point.month)
    last = last_of_month(month.year, month.month)
    if point.by == Anchor.DAY:
        return last.replace(day=max(1, min(point.n, last.day)))
    day = calendar.nth_business_day(month.year, month.month, point.n)
    if day is None:
        day = calendar.previous_business_day(last) if point.n > 0 else calendar.next_business_day(month)
    return day


def in_words(rule: Rule) -> str:
    """The rule as a sentence: 前月の第1開庁日に開始、前月25日(閉庁日は前の開庁日)17:15まで."""
    time_words = f"{rule.due_time.hour}:{rule.due_time.minute:02}"
    if rule.cycle == Cycle.DAILY:
        days = _("毎日") if rule.days == Schedule.Days.EVERY else _("毎開庁日")
        return _("%(days)s、当日%(time)sまで") % {"days": days, "time": time_words}
    assert rule.opens is not None and rule.due is not None
    move = _move_in_words(rule.due_move) if rule.due.by == Anchor.DAY else ""
    return _("%(opens)sに開始、%(due)s%(move)s%(time)sまで") % {
        "opens": _point_in_words(rule.opens, rule.cycle),
        "due": _point_in_words(rule.due, rule.cycle),
        "move": move or " ",
        "time": time_words,
    }


def _move_in_words(move: str) -> str:
    return {
        Move.PREVIOUS.value: _("(閉庁日は前の開庁日)"),
        Move.NEXT.value: _("(閉庁日は次の開庁日)"),
        Move.AS_IS.value: _("(閉庁日もそのまま)"),
    }[move]


def _point_in_words(point: Point, cycle: str) -> str:
    month = month_in_words(point.month) if cycle == Cycle.MONTHLY else month_of_year_in_words(point.month)
    if point.by == Anchor.DAY:
        return _("%(month)s%(n)s日") % {"month": month, "n": point.n}
    if point.n > 0:
        return _("%(month)sの第%(n)s開庁日") % {"month": month, "n": point.n}
    if point.n == -1:
        return _("%(month)sの最終開庁日") % {"month": month}
    return _("%(month)sの末から%(n)s番目の開庁日") % {"month": month, "n": -point.n}


def month_in_words(offset: int) -> str:
    if offset in (-1, 0, 1):
        return {-1: _("前月"), 0: _("当月"), 1: _("翌月")}[offset]
    return (_("%(n)sか月前") if offset < 0 else _("%(n)sか月後")) % {"n": abs(offset)}


def month_of_year_in_words(offset: int) -> str:
    """`offset` counts from April of the period's fiscal year."""
    month = (APRIL - 1 + offset) % 12
    year = offset // 12
    words = {-2: _("前々年度の"), -1: _("前年度の"), 0: _("当年度の"), 1: _("翌年度の")}
    prefix = words.get(year) or _("%(n)s年度後の") % {"n": year}
    return _("%(year)s%(month)s月") % {"year": prefix, "month": month + 1}
