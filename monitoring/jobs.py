"""Jobs of monitoring: beat wakes them, the database says which checks are due."""

from celery import shared_task
from django.utils import timezone

from . import checks


@shared_task(ignore_result=True, soft_time_limit=120, time_limit=140)
def check() -> None:
    """Run the checks that are due; safe to run again, or twice at once."""
    checks.run_due(timezone.now)
