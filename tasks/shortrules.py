"""The rule of a duty in short, for the narrow column 周期設定: 前月 第1開庁日 → 20日 前倒し. Pure."""

from __future__ import annotations

from django.utils.translation import gettext as _

from opsdesk.calendar.fiscal import APRIL
from raci.models import Cycle, Schedule
from raci.models.schedule import Anchor, Move

from .recurrence import END_OF_DAY, Point, Rule


def short(rule: Rule) -> str:
    """開庁日ごと、当日; 第1開庁日 → 翌月 第2開庁日; 3月 第1開庁日 → 末日."""
    time = "" if rule.due_time == END_OF_DAY else f" {rule.due_time.hour}:{rule.due_time.minute:02}"
    if rule.cycle == Cycle.DAILY:
        days = _("毎日") if rule.days == Schedule.Days.EVERY else _("開庁日ごと")
        return _("%(days)s、当日%(time)s") % {"days": days, "time": time}
    assert rule.opens is not None and rule.due is not None, "a monthly or yearly rule has its points"
    due = "" if rule.due.month == rule.opens.month else _month(rule.due, rule.cycle, after=rule.opens)
    parts = [_month(rule.opens, rule.cycle), _day(rule.opens), "→", due, _day(rule.due), _move(rule)]
    return " ".join(part for part in parts if part) + time


def _month(point: Point, cycle: str, after: Point | None = None) -> str:
    """The month of `point`; `after` a point of the same fiscal year that year is not said again."""
    if cycle == Cycle.YEARLY:
        month = _("%(n)s月") % {"n": (APRIL - 1 + point.month) % 12 + 1}
        is_said = after is not None and after.month // 12 == point.month // 12
        return month if is_said else f"{_year(point.month)}{month}"
    if point.month in (-1, 0, 1):
        return {-1: _("前月"), 0: _("当月") if after else "", 1: _("翌月")}[point.month]
    return (_("%(n)sか月前") if point.month < 0 else _("%(n)sか月後")) % {"n": abs(point.month)}


def _year(offset: int) -> str:
    return {-2: _("前々年度"), -1: _("前年度"), 0: "", 1: _("翌年度")}.get(offset // 12, _("翌々年度"))


def _day(point: Point) -> str:
    if point.by == Anchor.DAY:
        return _("末日") if point.n == 31 else _("%(n)s日") % {"n": point.n}
    if point.n > 0:
        return _("第%(n)s開庁日") % {"n": point.n}
    return _("最終開庁日") if point.n == -1 else _("末から%(n)s開庁日") % {"n": -point.n}


def _move(rule: Rule) -> str:
    assert rule.due is not None
    if rule.due.by != Anchor.DAY:
        return ""
    words = {Move.PREVIOUS.value: _("前倒し"), Move.NEXT.value: _("後ろ倒し"), Move.AS_IS.value: ""}
    return words[rule.due_move]
