"""The checks that are due, each run once however many workers look: claimed, asked, judged, stored.

A claim writes the worker's name over a free row (compare and set); one who dies leaves a lease that runs
out. A target that hangs holds one thread for its timeout, and nobody else."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.audit.record import command

from . import judgement
from .alerts import count_again, raise_alert, recover
from .findings import Finding, fingerprint
from .models import Check, CheckDay, Sample, State
from .probes import Answer, Question, ask
from .reaching import allowed

logger = logging.getLogger(__name__)
#: Longer than any check takes (30 seconds), with what waits in front of it.
LEASE = timedelta(minutes=2)
THREADS = 24
#: How long one run goes on taking checks; well below the job's limit with a last timeout after it.
LONG = 60.0
Clock = Callable[[], datetime]


@dataclass
class Report:
    """What a run did; `lost` are results that came after the lease had run out."""

    run: int = 0
    lost: int = 0


def run_due(clock: Clock, *, long: float = LONG, threads: int = THREADS) -> Report:
    """Run what is due until nothing is, or `long` seconds have passed; the next run goes on."""
    report, networks = Report(), allowed()
    until, flying = time.monotonic() + long, dict[Future[Answer], Check]()
    with ThreadPoolExecutor(threads, thread_name_prefix="check") as pool:
        is_more = True
        while flying or is_more:
            free = threads - len(flying)
            is_more = is_more and time.monotonic() < until
            if is_more and (free * 2 >= threads or not flying):
                claimed = claim(clock(), free)
                is_more = bool(claimed)
                flying |= {pool.submit(ask, _question(c, clock()), networks): c for c in claimed}
            for future in list(wait(flying, return_when=FIRST_COMPLETED).done) if flying else []:
                _finish(flying.pop(future), future, clock(), report)
    return report


def claim(now: datetime, count: int) -> list[Check]:
    """Up to `count` checks that are due and now this run's; nobody else gets them while the lease holds.

    The update compares columns of its own rows only: PostgreSQL looks at them again after waiting for
    another worker, at a joined table it does not."""
    pks = list(Check.objects.due(now).order_by("next_at", "pk").values_list("pk", flat=True)[:count])
    while pks:
        name = secrets.token_hex(16)
        if Check.objects.free(now).filter(pk__in=pks).update(leased_until=now + LEASE, leased_by=name):
            return list(Check.objects.filter(leased_by=name).select_related("device__organization"))
        pks = list(Check.objects.due(now).order_by("next_at", "pk").values_list("pk", flat=True)[:count])
    return []


def _question(check: Check, now: datetime) -> Question:
    return Question(check.kind, check.device.address, check.params, check.timeout, now)


def _finish(check: Check, future: Future[Answer], now: datetime, report: Report) -> None:
    """Store what a thread found; a fault of ours is said on the check, and the others go on."""
    try:
        answer = future.result()
    except Exception as error:
        logger.exception("check %s", check.pk)
        answer = Answer(None, _("監視の処理に失敗しました（%(said)s）。") % {"said": type(error).__name__})
    report.run += 1
    report.lost += not store(check, answer, by=None, at=now)


@command
def store(check: Check, answer: Answer, *, by: Any, at: datetime) -> bool:
    """Write the answer of a claimed check, its new state and its day, and raise or end its alert.

    False if the lease was lost meanwhile: somebody else ran it again, and this answer counts for nothing."""
    before, values = check.state, _values(check, answer, at)
    won = Check.objects.filter(pk=check.pk, leased_by=check.leased_by).update(
        **values, next_at=at + timedelta(seconds=check.interval), leased_until=None, leased_by=""
    )
    if not won:
        return False
    for name, value in values.items():
        setattr(check, name, value)
    if answer.ok is None:
        return True
    _count_day(check, at)
    Sample.objects.bulk_create(
        [Sample(check_of=check, quantity=q, at=at, value=answer.values[q]) for q in sorted(answer.kept)],
        ignore_conflicts=True,
    )
    _tell(check, before, by=by, at=at)
    return True


def _values(check: Check, answer: Answer, at: datetime) -> dict[str, Any]:
    """The new values of its columns."""
    value = next(iter(answer.values.values()), None) if len(answer.values) == 1 else None
    found: dict[str, Any] = {"last_said": answer.said, "last_value": value}
    if answer.ok is None:  # it says nothing about the device: neither good nor bad
        state = State.UNKNOWN if check.state == State.UP else check.state
        return {**found, "state": state, "since_at": at if state != check.state else check.since_at}
    level = judgement.level(answer.ok, answer.values, check.limits)
    recent = judgement.remembered(check.recent, level)
    state = State(judgement.state_after(check, check.state, recent))
    if level == judgement.GOOD:
        found["last_ok_at"] = at
    since = at if state != check.state else check.since_at
    return {**found, "recent": recent, "state": state, "since_at": since, "last_at": at}


def _count_day(check: Check, at: datetime) -> None:
    """One more of its day: silence is a day without any."""
    column = "good" if check.recent[-1] == judgement.GOOD else "bad"
    of = {"check_of": check, "on": timezone.localdate(at)}
    if not CheckDay.objects.filter(**of).update(**{column: F(column) + 1}):
        CheckDay.objects.bulk_create([CheckDay(**of)], ignore_conflicts=True)
        CheckDay.objects.filter(**of).update(**{column: F(column) + 1})


def mark_of(check: Check) -> str:
    """The fingerprint of what is wrong with `check`."""
    return fingerprint("check", check.pk)


def _tell(check: Check, before: str, *, by: Any, at: datetime) -> None:
    """Bad: the alert, counted up or (new, or worse than before) raised. Good again: its end."""
    if check.state in (State.DOWN, State.WARNING):
        if check.state == before and count_again(mark_of(check), at):
            return
        raise_alert(finding_of(check), by=by, at=at)
    elif check.state == State.UP and before != State.UP:
        recover(mark_of(check), by=by, at=at, said=check.last_said, device=check.device)


def finding_of(check: Check) -> Finding:
    """What is wrong with a check that is down, or beyond its warning."""
    word = _("異常") if check.state == State.DOWN else _("注意")
    return Finding(
        fingerprint=mark_of(check),
        watch=check.watch,
        title=f"{check.device} {check.name} {word}",
        said=check.last_said,
        state=check.state,
        device=check.device,
        check=check,
        evidence={"check": check.pk, "recent": list(check.recent)},
    )
