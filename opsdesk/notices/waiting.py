"""Question: how the outbox stands: how many wait, since when, how many are dead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from .models import Delivery

#: Longer than this past its time, something is wrong: beat wakes the relay every minute.
STALE = timedelta(minutes=15)


@dataclass(frozen=True)
class Outbox:
    """`late_since`: when the oldest that waits past its time should have gone."""

    waiting: int
    dead: int
    late_since: datetime | None

    def is_stale(self, now: datetime) -> bool:
        return self.late_since is not None and now - self.late_since > STALE


def outbox(now: datetime) -> Outbox:
    """One statement over what is waiting or dead; a letter that waits for another try is not late."""
    waiting = Q(state=Delivery.State.WAITING)
    found = Delivery.objects.exclude(state=Delivery.State.SENT).aggregate(
        waiting=Count("pk", filter=waiting),
        dead=Count("pk", filter=~waiting),
        late=Min("next_at", filter=waiting & Q(next_at__lte=now)),
    )
    return Outbox(found["waiting"], found["dead"], found["late"])
