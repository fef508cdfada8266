"""Jobs of monitoring: beat wakes them, the database says which checks are due."""

from celery import shared_task
from django.utils import timezone

from . import beats, checks


@shared_task(ignore_result=True, soft_time_limit=120, time_limit=140)
def check() -> None:
    """Run the checks that are due; safe to run again, or twice at once."""
    checks.run_due(timezone.now)


@shared_task(ignore_result=True, soft_time_limit=50, time_limit=60)
def listen() -> None:
    """Say which heartbeats have been silent too long; safe to run again."""
    beats.watch(timezone.now())
