"""Generation: insert what is due and missing. What there should be follows from the matrix and the calendar alone, so
a run may be killed, missed, repeated or doubled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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
CHUNK = 20_000


@dataclass(frozen=True)
class Report:
    """What a run did, or with `dry_run` would do. `duties` counts by the duty's id; `refused` is how many the cap stopped."""

    through_on: date
    created: int = 0
    caught_up: int = 0
    refused: int = 0
    duties: Counter[int] = field(default_factory=Counter)
    realigned: Realigned = Realigned()


def generate(
    now: datetime, *, through: date | None = None, dry_run: bool = False, force: bool = False
) -> Report:
    """Insert every task that opens up to `through` (today in Tokyo) and is not there; touch no other task of the edition.

    More than settings.GENERATION_CAP missing tasks are refused: nothing is made unless `force`. What opened before
    today is marked 遡及. With `dry_run` nothing is written."""
    through = through or timezone.localdate(now)
    run = GenerationRun(started_at=now, through_on=through, fingerprint=expected.fingerprint(through))
    if _is_done(run):
        if not dry_run:
            _finish(run, at=now)
        return Report(through)
    try:
        return _run(run, now, dry_run, force)
    except Exception as error:
        if not dry_run:
            run.pk, run.created, run.caught_up, run.fingerprint = None, 0, 0, ""
            run.error = f"{type(error).__name__}: {error}"
            _finish(run, at=now)
        raise


def _run(run: GenerationRun, now: datetime, dry_run: bool, force: bool) -> Report:
    book = expected.read()
    report = Report(run.through_on)
    if not dry_run:
        report = replace(report, realigned=realign(book, at=now))
    keys = sorted(_keys(book, run.through_on))
    if dry_run or (len(keys) > settings.GENERATION_CAP and not force):
        missing = rows.missing(keys)
        total = missing.total()
        refused = 0 if force or total <= settings.GENERATION_CAP else total
        if dry_run:
            late = rows.missing([k for k in keys if k.opens_on < timezone.localdate(now)]).total()
            return replace(report, created=total, caught_up=late, refused=refused, duties=missing)
        if refused:
            run.refused = refused
            _finish(run, at=now)
            return replace(report, refused=refused, duties=missing)
    codes = dict(Organization.objects.values_list("pk", "code"))
    for start in range(0, len(keys), CHUNK):
        report.duties.update(_insert(run, keys[start : start + CHUNK], codes, at=now))
    _finish(run, at=now)
    return replace(report, created=run.created, caught_up=run.caught_up)


def _keys(book: expected.Book, through: date) -> Iterable[rows.Key]:
    for slot in book.slots():
        for e in slot.expected(through):
            for organization in slot.organizations:
                yield rows.Key(organization.pk, slot.duty.key, slot.duty.pk, *e)


def _is_done(run: GenerationRun) -> bool:
    """Has a run on the same ground made everything? Then there is nothing to look for."""
    done = GenerationRun.objects.filter(fingerprint=run.fingerprint, finished_at__isnull=False)
    return done.filter(error="", refused=0).exists()


@command
def _insert(run: GenerationRun, keys: list[rows.Key], codes: dict[int, str], *, at: datetime) -> Counter[int]:
    """One chunk with its Events, one per organization. Returns how many were made, by duty."""
    made = rows.insert(keys, at=at)
    if made:
        run.created += len(made)
        run.caught_up += sum(row.is_caught_up for row in made)
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
            count=len(its),
            caught_up=sum(row.is_caught_up for row in its),
            first=min(row.id for row in its),
            last=max(row.id for row in its),
        )
    return Counter(row.duty_id for row in made)


def _finish(run: GenerationRun, *, at: datetime) -> None:
    """Store that the run ended. One that made nothing only moves the one before it on, if that said the same."""
    run.finished_at = at
    if not run.created:
        last = GenerationRun.objects.order_by("-pk").first()
        if last and last.finished_at and _said(last) == _said(run):
            run.pk, run.started_at = last.pk, last.started_at
    run.save()


def _said(run: GenerationRun) -> tuple[int, int, str]:
    return run.created, run.refused, run.error
