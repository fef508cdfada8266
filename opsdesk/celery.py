"""The workers' alarm clock: it wakes jobs up and remembers nothing that matters."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsdesk.settings")

app = Celery("opsdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@beat_init.connect
def generate_at_start(**_signal: Any) -> None:
    """Today's tasks are there soon after the start, not only after the first interval."""
    app.send_task("tasks.jobs.generate")
