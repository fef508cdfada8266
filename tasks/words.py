"""A task in words: its state, how long it has, for when it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.era import era_date, era_short, era_year
from opsdesk.lib.templatetags.dates import hm
from raci.models import Cycle

from .acting import when
from .models import Outcome, Task


def due_words(task: Task, calendar: Any, now: datetime, today: date) -> tuple[str, str]:
    """(class, words) of the deadline: over 2開庁日超過, today 17:15まで, soon あと3開庁日, done 8:52完了."""
    if task.state == Task.State.DONE and task.closed_at:
        return "done", _("%(when)s 完了") % {"when": when(task.closed_at, now)}
    if task.state == Task.State.SKIPPED:
        return "", ""
    days = calendar.distance(today, task.due_on)
    if task.due_at < now:
        return "over", _("%(days)s開庁日超過") % {"days": -days} if days < 0 else _("%(at)s を超過") % {
            "at": hm(task.due_at)
        }
    if task.due_on == today:
        return "today", _("今日 %(at)sまで") % {"at": hm(task.due_at)}
    return "soon", _("あと%(days)s開庁日") % {"days": days}


def state_words(task: Task, now: datetime, waits_for: str = "") -> tuple[str, str]:
    """(kind of the pill, word); `waits_for`: whose signature comes next, once somebody signed."""
    if task.state == Task.State.DONE:
        return ("warn", _("完了(異常あり)")) if task.outcome == Outcome.ABNORMAL else ("done", _("完了"))
    if task.state == Task.State.SKIPPED:
        return "na", _("対象外")
    if waits_for:
        return "wait", _("署名待ち %(who)s") % {"who": waits_for}
    if task.due_at < now:
        return "bad", _("超過")
    return ("run", _("作業中")) if task.is_begun else ("", _("未着手"))


def period_long(task: Task, calendar: Any) -> str:
    """令和8年11月20日(金) 第14開庁日, 対象期間 令和8年12月, 令和8年度; of a step its case."""
    if task.case is not None:
        return f"{case_words(task)} {task.case.title}"
    day, cycle = task.period_on, task.duty.cycle
    if cycle == Cycle.DAILY:
        long = era_date(day, with_weekday=True)
        if not calendar.is_business_day(day):
            return f"{long} {calendar.reason_closed(day)}"
        return _("%(day)s 第%(n)s開庁日") % {"day": long, "n": calendar.ordinal(day)}
    return _("対象期間 %(period)s") % {"period": period_short(task, day)}


def period_short(task: Task, today: date) -> str:
    """11/20(金), 令和8年12月, 令和8年度; 臨時 with its number; of a step the number of its case."""
    if task.case is not None:
        return case_words(task)
    words = extra_words(task)
    extra = f" {words}" if words else ""
    if task.duty.cycle == Cycle.MONTHLY:
        return (
            _("%(year)s年%(month)s月") % {"year": era_year(task.period_on), "month": task.period_on.month}
            + extra
        )
    if task.duty.cycle == Cycle.YEARLY:
        return FiscalYear.of(task.period_on).label + extra
    return era_short(task.period_on, today) + extra


def case_words(task: Task) -> str:
    """CHG-R8-0001 第2回: the case of a step, and the round of the work."""
    number = task.case.number if task.case else ""
    return (
        _("%(number)s 第%(round)s回") % {"number": number, "round": task.round} if task.round > 1 else number
    )


def extra_words(task: Task) -> str:
    """臨時1, "" for what the calendar made."""
    return _("臨時%(n)s") % {"n": task.extra} if task.extra else ""


def is_recorded_later(task: Task, calendar: Any) -> bool:
    """後日記録: recorded more than a business day after it was done."""
    return bool(task.done_on and task.closed_on and calendar.distance(task.done_on, task.closed_on) > 1)
