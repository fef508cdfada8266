"""Measured values: 35 days in full, then by the hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Avg, Count, Max, Min
from django.db.models.functions import TruncHour

from .models import HourSample, Sample

FULL = timedelta(days=35)
HOURS = timedelta(days=400)
#: How much is rolled up in one transaction.
STEP = timedelta(hours=6)


def thin(at: datetime) -> int:
    """Roll whole hours older than FULL up into HourSample; returns how many samples went."""
    until = (at - FULL).replace(minute=0, second=0, microsecond=0)
    gone, old = 0, Sample.objects.filter(at__lt=until).order_by("at").values_list("at", flat=True)
    while (first := old.first()) is not None:
        start = first.replace(minute=0, second=0, microsecond=0)
        gone += _roll(start, min(start + STEP, until))
    HourSample.objects.filter(at__lt=at - HOURS).delete()
    return gone


@transaction.atomic
def _roll(start: datetime, end: datetime) -> int:
    """Hours of [start, end): an hour that is there already (a run died after its insert) stays as it is."""
    rows = Sample.objects.filter(at__gte=start, at__lt=end)
    hours = rows.order_by().annotate(hour=TruncHour("at")).values("check_of", "quantity", "hour")
    made = hours.annotate(low=Min("value"), mean=Avg("value"), high=Max("value"), n=Count("pk"))
    HourSample.objects.bulk_create(
        [
            HourSample(
                check_of_id=r["check_of"], quantity=r["quantity"], at=r["hour"], low=r["low"], mean=r["mean"],
                high=r["high"], count=r["n"],
            )
            for r in made
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return rows.delete()[0]
