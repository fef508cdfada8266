"""Jobs of notices: beat wakes the relay, the outbox says what is to be sent."""

from celery import shared_task
from django.utils import timezone

from . import relay as sending


@shared_task(ignore_result=True, soft_time_limit=120, time_limit=140)
def relay() -> None:
    """Send what is due; safe to run again, or twice at once."""
    sending.relay(timezone.now)
