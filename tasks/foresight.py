"""A rule looked at ahead: its next dates, which a closed day moves, and what is unwise about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from opsdesk.calendar.days import Calendar, add_months
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.era import era_short
from raci.models import Cycle
from raci.models.schedule import Anchor, Move

from .coming import MANY, coming
from .recurrence import Occurrence, Rule, named_days, occurrences

#: Months in which unwise occasions are counted.
MONTHS = 24


@dataclass(frozen=True)
class Neighbour:
    """A scheduled duty on the other end of an automatic edge; `is_after`: it follows."""

    number: int
    rule: Rule
    is_after: bool


@dataclass(frozen=True)
class Foreseen:
    """One occasion ahead and, in words, what moved its days."""

    occurrence: Occurrence
    notes: tuple[str, ...] = ()


def foreseen(rule: Rule, calendar: Calendar, today: date, many: int = MANY) -> list[Foreseen]:
    return [Foreseen(o, tuple(_moves(rule, calendar, o, today))) for o in coming(rule, calendar, today, many)]


def _moves(rule: Rule, calendar: Calendar, o: Occurrence, today: date) -> Iterable[str]:
    """閉庁日のため前倒し, of which day and why."""
    if rule.cycle == Cycle.DAILY:
        return
    opens, due = named_days(rule, calendar, o.period_on)
    if calendar.next_business_day(opens) > o.due_on:
        yield _("開始が期限より後になるため、期限の日に開きます")
    elif not calendar.is_business_day(opens):
        yield _("開始 %(day)s は閉庁日のため後ろ倒し") % {"day": _day(opens, calendar, today)}
    if not calendar.is_business_day(due):
        words = {Move.PREVIOUS.value: _("前倒し"), Move.NEXT.value: _("後ろ倒し")}
        sentence = (
            _("期限 %(day)s は閉庁日のため%(moved)s")
            if rule.due_move in words
            else _("期限 %(day)s は閉庁日のまま")
        )
        yield sentence % {"day": _day(due, calendar, today), "moved": words.get(rule.due_move, "")}


def _day(day: date, calendar: Calendar, today: date) -> str:
    """11/23(月) 勤労感謝の日."""
    why = calendar.reason_closed(day)
    short = era_short(day, today)
    return short if why.endswith("曜日") else f"{short} {why}"


def cautions(rule: Rule, calendar: Calendar, today: date, neighbours: Iterable[Neighbour] = ()) -> list[str]:
    """What is unwise about the rule within the next 24 months, in sentences."""
    if rule.cycle == Cycle.DAILY or rule.opens is None or rule.due is None:
        return []
    first = today.replace(day=1)
    end = add_months(first, MONTHS - 1)
    days = [(o, *named_days(rule, calendar, o.period_on)) for o in occurrences(rule, calendar, first, end)]
    found = []
    if n := sum(calendar.next_business_day(opens) > o.due_on for o, opens, _due in days):
        found.append(_("開始が期限より後になることが、24か月に%(n)s回あります。") % {"n": n})
    closed = sum(not calendar.is_business_day(due) for _o, _opens, due in days)
    if closed and rule.due.by == Anchor.DAY:
        found.append(_closed(rule.due_move) % {"n": closed})
    short = [due for _o, _opens, due in days if rule.due.by == Anchor.DAY and due.day != rule.due.n]
    if short:
        found.append(
            _("%(day)s日のない月は、その月の末日が期限になります(24か月に%(n)s回)。")
            % {"day": rule.due.n, "n": len(short)}
        )
    return [*found, *(s for n in neighbours for s in _order(rule, n, calendar, first, end))]


def _closed(move: str) -> str:
    words = {Move.PREVIOUS.value: _("前の開庁日に早まります"), Move.NEXT.value: _("次の開庁日に延びます")}
    then = words.get(move, _("閉庁日のまま期限になります"))
    return _("期限が閉庁日に当たることが、24か月に%(n)s回あります。") + then + _("。")


def _order(rule: Rule, other: Neighbour, calendar: Calendar, first: date, end: date) -> Iterable[str]:
    """A follow-up that is due before what it waits for."""
    before, after = (rule, other.rule) if other.is_after else (other.rule, rule)
    wrong = _early(before, after, calendar, first, end)
    if not wrong:
        return
    sentence = (
        _("後続の No.%(number)s の期限が、この業務の期限より先に来ます(24か月に%(n)s回)。")
        if other.is_after
        else _("先行する No.%(number)s の期限より、この業務の期限が先に来ます(24か月に%(n)s回)。")
    )
    yield sentence % {"number": other.number, "n": wrong}


def _early(before: Rule, after: Rule, calendar: Calendar, first: date, end: date) -> int:
    """How often `after` is due before `before`, of the same period or of the fiscal year that holds it."""
    if Cycle.DAILY in (before.cycle, after.cycle) or (before.cycle, after.cycle) == ("monthly", "yearly"):
        return 0
    start = FiscalYear.of(first).starts_on if before.cycle == Cycle.YEARLY else first
    due = {o.period_on: o.due_on for o in occurrences(before, calendar, start, end)}
    return sum(
        o.due_on < due.get(_period_of(o, before), date.min) for o in occurrences(after, calendar, first, end)
    )


def _period_of(o: Occurrence, before: Rule) -> date:
    return FiscalYear.of(o.period_on).starts_on if before.cycle == Cycle.YEARLY else o.period_on
