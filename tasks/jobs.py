"""Jobs of tasks: beat wakes them, the database says what is to be done."""

from celery import shared_task
from django.utils import timezone

from . import digest, generation, watch


@shared_task(ignore_result=True, soft_time_limit=120, time_limit=140)
def generate() -> None:
    """Insert the tasks that are due and missing; safe to run again, or twice at once."""
    generation.generate(timezone.now())


@shared_task(ignore_result=True, soft_time_limit=120, time_limit=140)
def remind() -> None:
    """Tell the morning's digest, what became overdue, and what nobody took; safe to run again."""
    now = timezone.now()
    digest.digest(now)
    watch.watch(now)
