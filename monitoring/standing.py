"""Question: how devices stand, as the database sorts them (the worst first), and the days behind one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from .models import RANK, Alert, Check, CheckDay, Device, State

DAYS = 30
DAY = timedelta(days=1)
#: Checks that wait longer than this say nothing about now.
STALE = timedelta(minutes=5)
BY_RANK = {rank: state for state, rank in RANK.items()}


def _rank(of: Any) -> Case:
    whens = [When(state=state.value, then=Value(rank)) for state, rank in RANK.items()]
    return Case(*whens, default=Value(RANK[State.UNKNOWN]), output_field=IntegerField())


def _worst(rows: QuerySet) -> Coalesce:
    """The rank of the worst of `rows`; UP without any."""
    ranked = rows.order_by().annotate(r=_rank(rows)).order_by("r").values("r")[:1]
    return Coalesce(Subquery(ranked), Value(RANK[State.UP]))


def ranked(devices: QuerySet[Device]) -> QuerySet[Any]:
    """`devices` with `rank` (of RANK), the open alert that is worst, and when a check was last good.

    A device that nobody watches has no check: it is 未取得, never fine."""
    alerts = Alert.objects.open().filter(device=OuterRef("pk"))
    checks = Check.objects.filter(device=OuterRef("pk"), is_active=True)
    title = alerts.annotate(r=_rank(alerts)).order_by("r", "-pk").values("title")[:1]
    count = checks.order_by().values("device").annotate(n=Count("pk")).values("n")
    last = checks.order_by().values("device").annotate(at=Max("last_ok_at")).values("at")
    waits = checks.order_by().values("device").annotate(at=Min("next_at")).values("at")
    nothing = Case(
        When(Q(checks_number=0), then=Value(RANK[State.UNKNOWN])),
        default=Value(RANK[State.UP]),
        output_field=IntegerField(),
    )
    return devices.annotate(
        checks_number=Coalesce(Subquery(count), Value(0)),
        alert_title=Subquery(title),
        ok_at=Subquery(last),
        waits_at=Subquery(waits),
    ).annotate(rank=Least(_worst(alerts), _worst(checks), nothing))


def is_stale(waits_at: datetime | None, now: datetime) -> bool:
    """Its checks should have run long ago: what they last said may no longer be so."""
    return waits_at is not None and now - waits_at > STALE


@dataclass(frozen=True)
class DayOf:
    """One day of a device: its worst state; UNKNOWN where no check answered."""

    on: date
    state: State
    good: int
    bad: int


def days_of(device: Device, alerts: Iterable[Alert], now: datetime) -> list[DayOf]:
    """The last thirty days up to today, by its `alerts` and what its checks answered."""
    today = timezone.localdate(now)
    first = today - (DAYS - 1) * DAY
    counts = _counts(device, first)
    spans = [
        (timezone.localdate(a.first_at), timezone.localdate(a.recovered_at or now), a.state) for a in alerts
    ]
    return [_day(first + n * DAY, counts, spans) for n in range(DAYS)]


def _counts(device: Device, first: date) -> dict[date, tuple[int, int]]:
    rows = CheckDay.objects.filter(check_of__device=device, on__gte=first).order_by()
    found: dict[date, tuple[int, int]] = {}
    for on, good, bad in rows.values_list("on", "good", "bad"):
        before = found.get(on, (0, 0))
        found[on] = before[0] + good, before[1] + bad
    return found


def _day(on: date, counts: dict[date, tuple[int, int]], spans: Iterable[tuple[date, date, str]]) -> DayOf:
    good, bad = counts.get(on, (0, 0))
    states = [State(state) for begun, ended, state in spans if begun <= on <= ended]
    quiet = State.UP if good or bad else State.UNKNOWN
    return DayOf(on, min(states, key=lambda s: RANK[s], default=quiet), good, bad)
