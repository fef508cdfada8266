"""Beat's scheduler: the usual one, that also says in the database that it ticks."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery.beat import PersistentScheduler
from django.db import DatabaseError, close_old_connections

from . import jobs

logger = logging.getLogger(__name__)
EVERY = 30.0  # seconds


class Scheduler(PersistentScheduler):
    """A tick is noted every half minute; a database that is gone stops no beat."""

    _said = -EVERY

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() - self._said >= EVERY:
            self._said = time.monotonic()
            self._say()
        return super().tick(*args, **kwargs)

    def _say(self) -> None:
        try:
            jobs.tick("beat")
        except DatabaseError as error:
            close_old_connections()  # the next one opens a new one
            logger.warning("beat can't note its tick: %s", error)
