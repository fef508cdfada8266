"""Jobs of monitoring: beat wakes them, the database says which checks are due."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from opsdesk.notices.watermarks import advance

from . import beats, checks


def tick(name: str) -> None:
    """`name` (beat, worker) is alive now: /healthz says when it last was."""
    with transaction.atomic():
        advance(name, timezone.now())


@shared_task(ignore_result=True, soft_time_limit=120, time_limit=140)
def check() -> None:
    """Run the checks that are due; safe to run again, or twice at once."""
    tick("worker")
    checks.run_due(timezone.now)


@shared_task(ignore_result=True, soft_time_limit=50, time_limit=60)
def listen() -> None:
    """Say which heartbeats have been silent too long; safe to run again."""
    beats.watch(timezone.now())
