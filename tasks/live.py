"""The live matrix: the next due day and this period's state of every duty, for what one person may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from opsdesk.calendar.days import Calendar, add_months
from opsdesk.lib.templatetags.dates import hm
from raci.access import Standing, standing_of
from raci.models import Cycle, Duty

from .models import Task
from .recurrence import Occurrence, Rule, occurrences, rule_of

#: How far around today occurrences are looked at: days for daily duties, months before and after for others.
DAYS = 14
MONTHS = {Cycle.MONTHLY.value: (3, 4), Cycle.YEARLY.value: (14, 16)}
BEGUN = Q(assignee__isnull=False) | Q(lead__isnull=False) | Q(saved_at__isnull=False)


@dataclass(frozen=True)
class Live:
    """What stands beside one row. `kind` and `text` are a pill, `state` the filter of the list behind it.

    `due_on` is the next due day; `words` stand in its place (毎開庁日) or before it (今日 17:15).
    """

    due_on: date | None = None
    words: str = ""
    is_overdue: bool = False
    kind: str = ""
    text: str = ""
    state: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.due_on or self.words or self.text)


@dataclass
class Counts:
    """The tasks of one duty: the open ones of any period, and those of the period that counts now."""

    open: int = 0
    overdue: int = 0
    due_at: datetime | None = None
    due_on: date | None = None
    period: str = ""
    now_open: int = 0
    now_begun: int = 0
    now_done: int = 0
    now_skipped: int = 0

    @property
    def now(self) -> int:
        return self.now_open + self.now_done + self.now_skipped


def live(
    duties: Iterable[Duty], user: Any, calendar: Calendar, *, now: datetime, today: date
) -> dict[int, Live]:
    """By duty key, in two statements; only duties on which the person has a mark (for the union all).

    The period that counts is that of the earliest open task; if none is open, the last one that has opened.
    """
    standing = standing_of(user, today)
    seen = [d for d in duties if not d.is_heading and sees(standing, d)]
    visible = Task.objects.visible_to(user, today).order_by()
    counts = _open(visible, now)
    around = {d.key: (rule, _around(rule, calendar, today)) for d in seen if (rule := rule_of(d))}
    for key, (_rule, days) in around.items():
        count = counts.setdefault(key, Counts())
        if not count.period:
            count.period = next((o.period for o in reversed(days) if o.opens_on <= today), "")
    _now(visible, counts)
    return {d.key: _of(d, counts.get(d.key, Counts()), around.get(d.key), now, today) for d in seen}


def sees(standing: Standing, duty: Duty) -> bool:
    return standing.is_union or duty.pk in standing.marks


def _open(visible: Any, now: datetime) -> dict[int, Counts]:
    rows = (
        visible.open()
        .values("key")
        .annotate(
            open=Count("pk"),
            overdue=Count("pk", filter=Q(due_at__lt=now)),
            due_at=Min("due_at"),
            due_on=Min("due_on"),
            period=Min("period"),
        )
    )
    return {row.pop("key"): Counts(**row) for row in rows}


def _now(visible: Any, counts: Mapping[int, Counts]) -> None:
    """Fill in the counts of the period that counts."""
    wanted = Q(pk__in=[])
    for key, count in counts.items():
        if count.period:
            wanted |= Q(key=key, period=count.period)
    state = Task.State
    rows = (
        visible.filter(wanted)
        .values("key")
        .annotate(
            now_open=Count("pk", filter=Q(state=state.OPEN)),
            now_begun=Count("pk", filter=Q(state=state.OPEN) & BEGUN),
            now_done=Count("pk", filter=Q(state=state.DONE)),
            now_skipped=Count("pk", filter=Q(state=state.SKIPPED)),
        )
    )
    for row in rows:
        count = counts[row.pop("key")]
        for name, value in row.items():
            setattr(count, name, value)


def _around(rule: Rule, calendar: Calendar, today: date) -> list[Occurrence]:
    if rule.cycle == Cycle.DAILY:
        return occurrences(rule, calendar, today - timedelta(DAYS), today + timedelta(DAYS))
    before, after = MONTHS[rule.cycle]
    first = today.replace(day=1)
    return occurrences(rule, calendar, add_months(first, -before), add_months(first, after))


def _of(
    duty: Duty, count: Counts, around: tuple[Rule, list[Occurrence]] | None, now: datetime, today: date
) -> Live:
    kind, text, state = _state(count, today, is_scheduled=around is not None)
    if count.due_at and count.due_on:
        words = f"{_('今日')} {hm(count.due_at)}" if count.due_on == today else ""
        return Live(None if words else count.due_on, words, count.due_at < now, kind, text, state)
    if around is None:
        return Live(kind=kind, text=text, state=state)
    if duty.cycle == Cycle.DAILY:
        every = _("毎日") if around[0].days == "every" else _("毎開庁日")
        return Live(None, every, False, kind, text, state)
    done = next((o.period_on for o in around[1] if o.period == count.period and count.now), date.min)
    coming = next((o.due_on for o in around[1] if o.due_on >= today and o.period_on > done), None)
    return Live(coming, "", False, kind, text, state)


def _state(count: Counts, today: date, *, is_scheduled: bool) -> tuple[str, str, str]:
    """(kind of pill, its text, the state that the list behind it filters by)."""
    if count.overdue:
        many = _("超過 %(n)s件") % {"n": count.overdue}
        return "bad", many if count.overdue > 1 else _("超過"), "overdue"
    if not is_scheduled:
        return ("run", _("未完了 %(n)s件") % {"n": count.open}, "open") if count.open else ("", "", "")
    if count.now == 0:
        return "", _("開始前"), ""
    if count.now > 1:
        finished = count.now_done + count.now_skipped
        words = _("%(n)s/%(total)s 完了") % {"n": finished, "total": count.now}
        if not count.now_open:
            return "done", words, "any"
        return ("run" if finished or count.now_begun else ""), words, "open"
    if count.now_open:
        return ("run", _("作業中"), "open") if count.now_begun else ("", _("未着手"), "open")
    if count.now_skipped:
        return "na", _("対象外"), "any"
    return "done", _("本日完了") if count.period == today.isoformat() else _("完了"), "any"
