"""Question: how every duty has gone in its last twelve periods, for what one person may see (業務の状態)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.calendar.days import Calendar, add_months
from raci.access import Standing, standing_of
from raci.confirmations import held
from raci.models import Confirmation, Cycle
from raci.outline import Line, outline_of

from .boards import within
from .live import sees
from .models import Procedure, Task
from .models.task import IsPeriodic
from .recurrence import Rule, occurrences, rule_of
from .workload import missed

PERIODS = 12
#: Periods that stand for a day or a month come before: 2026-11-24 < C123.
LETTERS = "A"
#: From how many tasks on something is "always" or "often", and which part of them.
FEW, OFTEN_LATE, OFTEN_SKIPPED = 3, 0.5, 0.25
#: How heavily a fact weighs where the worst come first.
WEIGHTS = {"never": 32, "late": 16, "person": 8, "skipped": 4, "procedure": 2, "unconfirmed": 1}


@dataclass(frozen=True)
class Span:
    """The due days of the last twelve periods; `period` is a period well before, for the index.

    Of a duty on demand (`is_open`) it holds for what stands for a day; steps of cases have no such period."""

    first: date
    last: date
    period: str
    is_open: bool = False


@dataclass
class Counts:
    """Tasks that were due in the span; `late` and `overdue`: done after the due day, open after its time.

    `thin` of `groups` (organizations with FEW closings or more) were always closed by the same person."""

    total: int = 0
    done: int = 0
    late: int = 0
    skipped: int = 0
    overdue: int = 0
    groups: int = 0
    thin: int = 0

    @property
    def missed(self) -> int:
        return self.late + self.overdue


@dataclass(frozen=True)
class Health:
    """One duty: its counts, and which of WEIGHTS hold."""

    line: Line
    span: Span
    counts: Counts
    facts: tuple[str, ...]

    @property
    def weight(self) -> int:
        return sum(WEIGHTS[fact] for fact in self.facts)

    @property
    def is_scheduled(self) -> bool:
        return rule_of(self.line.duty) is not None


def health_of(edition_id: int, user: Any, calendar: Calendar, *, now: datetime, today: date) -> list[Health]:
    """The duties that the person may see, the worst first; three statements besides the person's standing.

    Only tasks of the spans are read, along the index over key and period."""
    standing = standing_of(user, today)
    lines = [line for line in outline_of(edition_id).lines.values() if _is_seen(line, standing)]
    spans = {line.key: span_of(rule_of(line.duty), calendar, today) for line in lines}
    counted = _counted(Task.objects.visible_to(user, today), spans, now)
    confirmed, written = held(), set(Procedure.objects.current().values_list("key", flat=True))
    about = Confirmation.About.DUTY.value
    found = []
    for line in lines:
        counts = counted.get(line.key, Counts())
        facts = [fact for fact, holds in _facts(counts).items() if holds]
        facts += ["procedure"] * (line.key not in written)
        facts += ["unconfirmed"] * ((about, line.key, line.fingerprint) not in confirmed)
        found.append(Health(line, spans[line.key], counts, tuple(facts)))
    return sorted(found, key=lambda h: (-h.weight, -h.counts.missed, h.line.number))


def _is_seen(line: Line, standing: Standing) -> bool:
    return not line.duty.is_heading and sees(standing, line.duty)


def _facts(counts: Counts) -> dict[str, bool]:
    return {
        "never": counts.total >= FEW and not counts.done,
        "late": counts.missed >= FEW and counts.missed >= OFTEN_LATE * counts.total,
        "person": counts.thin > 0,
        "skipped": counts.skipped >= FEW and counts.skipped >= OFTEN_SKIPPED * counts.total,
    }


def span_of(rule: Rule | None, calendar: Calendar, today: date) -> Span:
    """The last twelve due days up to today; of a duty on demand the last twelve months."""
    if rule is None:
        first = add_months(today, -PERIODS)
        return Span(first, today, add_months(first, -PERIODS).isoformat(), is_open=True)
    found = [o for o in occurrences(rule, calendar, *_around(rule, today)) if o.due_on <= today]
    last = found[-PERIODS:]
    if not last:
        return Span(today, today, today.isoformat())
    return Span(last[0].due_on, today, found[max(0, len(found) - 2 * PERIODS)].period)


def _around(rule: Rule, today: date) -> tuple[date, date]:
    """Where two dozen periods lie that were due, also where a task is due months after its period."""
    month = today.replace(day=1)
    months = {Cycle.DAILY.value: 3, Cycle.MONTHLY.value: 30}.get(rule.cycle, 12 * 26)
    return add_months(month, -months), today if rule.cycle == Cycle.DAILY else add_months(month, 18)


def _counted(visible: Any, spans: Mapping[int, Span], now: datetime) -> dict[int, Counts]:
    """By key; one statement."""
    if not spans:
        return {}
    rows = (
        visible.alias(due=Coalesce("due_at", "due_at"))
        .filter(_within(spans))
        .order_by("key", "organization_id")
        .annotate(missed=missed(now))
        .values_list("key", "organization_id", "state", "missed")
        .annotate(Count("pk"), Min("closed_by_id"), Max("closed_by_id"))
    )
    found: dict[int, Counts] = {}
    for (key, _organization), some in groupby(rows, itemgetter(0, 1)):
        _add(found.setdefault(key, Counts()), [row[2:] for row in some])
    return found


def _within(spans: Mapping[int, Span]) -> Q:
    """Tasks that were due in the spans of their duties; duties with one span share an arm.

    Found by key and period, so `due` is when it is due past the index on that: in a year's it would read all
    daily tasks. Steps of cases are found among what is not daily."""
    keys: dict[Span, list[int]] = {}
    for key, span in spans.items():
        keys.setdefault(span, []).append(key)
    found = Q(pk__in=[])
    for span, which in keys.items():
        arm = Q(key__in=which, period__gte=span.period) & within(span.first, span.last, "due")
        if span.is_open:
            steps = Q(IsPeriodic("period"), key__in=which) & within(span.first, span.last)
            arm = arm & Q(period__lt=LETTERS) | steps
        found |= arm
    return found


def _add(counts: Counts, rows: Sequence[tuple[Any, ...]]) -> None:
    """The tasks of one organization: (state, missed, how many, and between which ids their closers are)."""
    state, done, closers = Task.State, 0, set[int | None]()
    for of, is_missed, n, *by in rows:
        counts.total += n
        counts.skipped += n * (of == state.SKIPPED)
        if of == state.DONE:
            done += n
            counts.late += n * is_missed
            closers.update(by)
        elif of == state.OPEN:
            counts.overdue += n * is_missed
    counts.done += done
    if done >= FEW:
        counts.groups += 1
        counts.thin += len(closers - {None}) <= 1


FACTS = {
    "never": gettext_lazy("一度も行われていない"),
    "late": gettext_lazy("いつも遅れる"),
    "person": gettext_lazy("一人だけが行う"),
    "skipped": gettext_lazy("対象外が多い"),
    "procedure": gettext_lazy("手順書がない"),
    "unconfirmed": gettext_lazy("設定が未確認"),
}


def fact_words(health: Health, fact: str) -> str:
    """The fact with its figures: 遅れ 7/12件, 一人だけ 3/5団体."""
    counts = health.counts
    words = {
        "never": _("完了なし 0/%(total)s件") % {"total": counts.total},
        "late": _("遅れ %(n)s/%(total)s件") % {"n": counts.missed, "total": counts.total},
        "person": _("一人だけ")
        if counts.groups == 1
        else _("一人だけ %(n)s/%(groups)s団体") % {"n": counts.thin, "groups": counts.groups},
        "skipped": _("対象外 %(n)s/%(total)s件") % {"n": counts.skipped, "total": counts.total},
        "procedure": _("手順書なし"),
        "unconfirmed": _("設定が未確認"),
    }
    return words[fact]


def summed(found: Iterable[Health]) -> list[tuple[str, int]]:
    """How many duties each fact holds for."""
    facts = [fact for health in found for fact in health.facts]
    return [(fact, facts.count(fact)) for fact in WEIGHTS]
