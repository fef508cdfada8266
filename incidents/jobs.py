"""Jobs of incidents: beat wakes them, the database says what is to be done."""

from celery import shared_task
from django.utils import timezone

from . import escalation


@shared_task(ignore_result=True, soft_time_limit=120, time_limit=140)
def escalate() -> None:
    """Tell whose time is half over, or over; safe to run again."""
    escalation.escalate(timezone.now())
