"""Jobs of tasks: beat wakes them, the database says what is to be done."""

from celery import shared_task
from django.utils import timezone

from . import generation


@shared_task(ignore_result=True, soft_time_limit=120, time_limit=140)
def generate() -> None:
    """Insert the tasks that are due and missing; safe to run again, or twice at once."""
    generation.generate(timezone.now())
