"""Question: how opsdesk itself is: database, broker, beat, worker, outbox, generation, checks.

Nothing secret is said, and nothing that a stranger could use: a name, whether it is well, seconds."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.notices.models import Delivery
from opsdesk.notices.watermarks import through
from raci.access import Standing
from tasks.acting import when
from tasks.models import GenerationRun

from .models import Check
from .reach import reading_roles

#: How long each may be silent before it counts as stopped; each is woken at least every three minutes.
LIMITS = {
    "beat": timedelta(minutes=3),
    "worker": timedelta(minutes=5),
    "outbox": timedelta(minutes=30),
    "generation": timedelta(minutes=15),
    "checks": timedelta(minutes=5),
}
BROKER_TIMEOUT = 2  # seconds


@dataclass(frozen=True)
class Part:
    """One part; `seconds` since it last spoke, or how old the oldest thing is that waits for it."""

    name: str
    is_well: bool
    seconds: int | None = None


def parts(now: datetime) -> list[Part]:
    """Every part, in the order in which they need each other; without the database nothing else is asked."""
    if not _database():
        return [Part("database", False), Part("broker", _broker())]
    asked = (_beat, _worker, _outbox, _generation, _checks)
    return [Part("database", True), Part("broker", _broker()), *(ask(now) for ask in asked)]


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker() -> bool:
    """The broker can be spoken to; nothing is put into it."""
    if not settings.REDIS_URL:
        folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
        return folder.is_dir() and os.access(folder, os.W_OK)
    import redis  # many megabytes, for what is rare

    times = {"socket_connect_timeout": BROKER_TIMEOUT, "socket_timeout": BROKER_TIMEOUT}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **times) as server:
            return bool(server.ping())
    except redis.RedisError:
        return False


def _since(name: str, last: datetime | None, now: datetime) -> Part:
    """A part that speaks: well if it did not long ago."""
    if last is None:
        return Part(name, False)
    return Part(name, now - last <= LIMITS[name], max(0, int((now - last).total_seconds())))


def _waiting(name: str, oldest: datetime | None, now: datetime) -> Part:
    """A part for which things wait: well if nothing does, or not for long."""
    return Part(name, True, 0) if oldest is None or oldest > now else _since(name, oldest, now)


def _beat(now: datetime) -> Part:
    return _since("beat", through("beat"), now)


def _worker(now: datetime) -> Part:
    return _since("worker", through("worker"), now)


def _outbox(now: datetime) -> Part:
    rows = Delivery.objects.waiting().order_by("next_at") if settings.EMAIL_URL else Delivery.objects.none()
    return _waiting("outbox", rows.values_list("next_at", flat=True).first(), now)


def _generation(now: datetime) -> Part:
    run = GenerationRun.objects.order_by("-pk").first()
    part = _since("generation", run.finished_at if run else None, now)
    return Part(part.name, part.is_well and not (run and run.error), part.seconds)


def _checks(now: datetime) -> Part:
    """The check that has waited longest since it was due."""
    return _waiting("checks", _oldest(), now)


def _oldest() -> datetime | None:
    return Check.objects.active().order_by("next_at").values_list("next_at", flat=True).first()


def oldest() -> Subquery:
    """When the check that waits longest was due, for a statement of somebody else."""
    return Subquery(Check.objects.active().order_by("next_at").values("next_at")[:1])


def caution(since: datetime | None, user: Any, standing: Standing, now: datetime) -> str:
    """For the dashboards: a sentence while the checks stand still, for who reads monitoring."""
    if since is None or now - since <= LIMITS["checks"]:
        return ""
    roles = reading_roles(timezone.localdate(now))
    if not (standing.is_union or user.is_staff or any(t.role_id in roles for t in standing.teams)):
        return ""
    return _(
        "機器の監視が %(when)s から動いていません。画面の状態は古いかもしれません。管理者に知らせてください。"
    ) % {"when": when(since, now)}
