"""The lint's questions about dates: what happens to the rules of an edition within 24 months. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from opsdesk.calendar.days import Calendar, add_months
from opsdesk.calendar.fiscal import APRIL, FiscalYear
from raci.content import Row, unsaved
from raci.matrix import Finding
from raci.models import Cycle, FollowUp
from raci.models.schedule import Move

from .recurrence import Occurrence, Rule, named_days, occurrences, rule_of

MONTHS = 24
Occasions = Mapping[int, Sequence[Occurrence]]


def date_findings(rows: Sequence[Row], calendar: Calendar, today: date) -> dict[int, list[Finding]]:
    """By business key."""
    rules = {row["key"]: rule for row in rows if (rule := rule_of(unsaved(row)))}
    occasions = {
        key: occurrences(rule, calendar, *window(today))
        for key, rule in rules.items()
        if rule.cycle != Cycle.DAILY
    }
    by_key = {row["key"]: row for row in rows}
    found: dict[int, list[Finding]] = {}
    for key in occasions:
        row, rule = by_key[key], rules[key]
        found[key] = [
            *_on_rule(row, rule, occasions[key], calendar),
            *_on_order(row, by_key, rules, occasions),
        ]
    return found


def window(today: date) -> tuple[date, date]:
    """First days of months: the periods that begin in them are looked at."""
    first = today.replace(day=1)
    return first, add_months(first, MONTHS - 1)


def _on_rule(row: Row, rule: Rule, found: Sequence[Occurrence], calendar: Calendar) -> Iterator[Finding]:
    days = [named_days(rule, calendar, o.period_on) for o in found]
    late = sum(
        calendar.next_business_day(opens) > o.due_on for o, (opens, _due) in zip(found, days, strict=True)
    )
    closed = sum(not calendar.is_business_day(due) for _opens, due in days)
    if late:
        sentence = _("24か月で %(n)s回、開始が期限より後になります(期限の日に開始します)。")
        yield _of(row, sentence % {"n": late})
    if closed:
        yield _of(row, _("24か月で期限が閉庁日に %(n)s回当たり、%(move)s。") % {
            "n": closed, "move": _moved(rule.due_move),
        })  # fmt: skip


def _moved(move: str) -> str:
    return {
        Move.PREVIOUS.value: _("前の開庁日へ前倒しします"),
        Move.NEXT.value: _("次の開庁日へ延びます"),
        Move.AS_IS.value: _("閉庁日のまま期限になります"),
    }[move]


def _on_order(
    row: Row, by_key: Mapping[int, Row], rules: Mapping[int, Rule], occasions: Occasions
) -> Iterator[Finding]:
    """Successors that are due before this duty."""
    for edge in row.get("followups", ()):
        key = edge["target"]
        if edge["kind"] != FollowUp.Kind.AUTO or key not in occasions or key == row["key"]:
            continue
        early = sum(
            after.due_on < before.due_on
            for before, after in _pairs(rules[row["key"]], occasions[row["key"]], rules[key], occasions[key])
        )
        if early:
            target = by_key[key]
            words = {"number": target["number"], "work": target["work"], "n": early}
            yield _of(
                row,
                _("後続の No.%(number)s %(work)s の期限が先に来ます(24か月で %(n)s回)。") % words,
                "followups",
            )


def _pairs(
    before: Rule, earlier: Sequence[Occurrence], after: Rule, later: Sequence[Occurrence]
) -> Iterator[tuple[Occurrence, Occurrence]]:
    """Occasions that wait for each other: of the same period, of a year with the first month in it."""
    if before.cycle == after.cycle:
        own = {o.period: o for o in later}
    elif (before.cycle, after.cycle) == (Cycle.YEARLY.value, Cycle.MONTHLY.value):
        own = {FiscalYear.of(o.period_on).code: o for o in later if o.period_on.month == APRIL}
    else:
        return
    for one in earlier:
        if one.period in own:
            yield one, own[one.period]


def _of(row: Row, sentence: str, aspect: str = "schedule") -> Finding:
    return Finding(row["number"], sentence, key=row["key"], aspect=aspect)
