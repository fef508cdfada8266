"""Generation: insert what is due and missing. What there should be follows from matrix and calendar alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from opsdesk.accounts.models import Organization
from opsdesk.audit.record import command, record

from . import expected, rows
from .models import GenerationRun
from .realignment import Realigned, realign

#: Rows of one transaction.
CHUNK = 50_000


@dataclass(frozen=True)
class Report:
    """What a run did or would do: `duties` counts by duty id, `refused` is what the cap stopped."""

    through_on: date
    created: int = 0
    caught_up: int = 0
    refused: int = 0
    duties: Counter[int] = field(default_factory=Counter)
    realigned: Realigned = Realigned()


def generate(
    now: datetime, *, through: date | None = None, dry_run: bool = False, force: bool = False
) -> Report:
    """Insert every task that opens up to `through` (by default today in Tokyo) and is not there.

    May be killed, repeated, doubled. What opened before today is marked 遡及. If more than
    settings.GENERATION_CAP are missing, none is made, unless `force`. With `dry_run` nothing is written."""
    through = through or timezone.localdate(now)
    run = GenerationRun(started_at=now, through_on=through, fingerprint=expected.fingerprint(through))
    if _is_done(run):
        if not dry_run:
            _finish(run, at=now)
        return Report(through)
    if dry_run:
        return _preview(through, timezone.localdate(now), force)
    try:
        return _run(run, now, force)
    except Exception as error:
        run.pk, run.created, run.caught_up, run.fingerprint = None, 0, 0, ""
        run.error = f"{type(error).__name__}: {error}"
        _finish(run, at=now)
        raise


def _is_done(run: GenerationRun) -> bool:
    """Did the last run make everything, on the same ground? Then there is nothing to look for."""
    last = GenerationRun.objects.order_by("-pk").first()
    if last is None or not last.finished_at or last.error or last.refused:
        return False
    return last.fingerprint == run.fingerprint


def _run(run: GenerationRun, now: datetime, force: bool) -> Report:
    book = expected.read()
    report = Report(run.through_on, realigned=realign(book, by=None, at=now))
    series = _series(book, run.through_on)
    if not force and (missing := _beyond_cap(series)):
        run.refused = missing.total()
        _finish(run, at=now)
        return replace(report, refused=run.refused, duties=missing)
    codes = dict(Organization.objects.values_list("pk", "code"))
    for batch in rows.batches(series, CHUNK):
        report.duties.update(_insert(run, batch, codes, at=now))
    _finish(run, at=now)
    return replace(report, created=run.created, caught_up=run.caught_up)


def _preview(through: date, today: date, force: bool) -> Report:
    series = _series(expected.read(), through)
    late = [s._replace(occasions=[e for e in s.occasions if e.opens_on < today]) for s in series]
    missing = rows.missing(rows.batches(series, CHUNK))
    total = missing.total()
    return Report(
        through,
        created=total,
        caught_up=rows.missing(rows.batches(late, CHUNK)).total(),
        refused=total if total > settings.GENERATION_CAP and not force else 0,
        duties=missing,
    )


def _series(book: expected.Book, through: date) -> list[rows.Series]:
    return [
        rows.Series(s.duty.key, s.duty.pk, tuple(o.pk for o in s.organizations), s.expected(through))
        for s in book.slots()
    ]


def _beyond_cap(series: list[rows.Series]) -> Counter[int]:
    """What is missing, if that is more than a run may make; counted only where it could be."""
    if sum(s.size for s in series) <= settings.GENERATION_CAP:
        return Counter()
    missing = rows.missing(rows.batches(series, CHUNK))
    return missing if missing.total() > settings.GENERATION_CAP else Counter()


@command
def _insert(run: GenerationRun, batch: rows.Batch, codes: dict[int, str], *, at: datetime) -> Counter[int]:
    """One batch with its Events, one per organization. Returns how many were made, by duty."""
    made = rows.insert(batch, at=at)
    if made:
        run.created += sum(row.tasks for row in made)
        run.caught_up += sum(row.caught_up for row in made)
        run.save()
    streams: dict[int, list[rows.Made]] = {}
    for row in made:
        streams.setdefault(row.organization_id, []).append(row)
    for organization, its in streams.items():
        record(
            "generation.created",
            run,
            by=None,
            at=at,
            stream=codes[organization],
            count=sum(row.tasks for row in its),
            caught_up=sum(row.caught_up for row in its),
            first=min(row.first for row in its),
            last=max(row.last for row in its),
        )
    counted: Counter[int] = Counter()
    for row in made:
        counted[row.duty_id] += row.tasks
    return counted


def _finish(run: GenerationRun, *, at: datetime) -> None:
    """Store that the run ended. One that made nothing only moves on a last one that said the same."""
    run.finished_at = at
    if not run.created:
        last = GenerationRun.objects.order_by("-pk").first()
        if last and last.finished_at and _said(last) == _said(run):
            run.pk, run.started_at = last.pk, last.started_at
    run.save()


def _said(run: GenerationRun) -> tuple[int, int, str]:
    return run.created, run.refused, run.error
