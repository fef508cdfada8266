"""A disk that will be full within days is an alert before it is full; it ends when there is time again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Avg
from django.db.models.functions import TruncHour
from django.utils.translation import gettext as _

from .alerts import count_again, raise_alert, recover
from .exporters import label
from .findings import Finding, fingerprint
from .fullness import days_left
from .models import Check, Sample, State, Watch

#: Days of samples behind the line; days left at which it is an alert, and at which that ends.
BEHIND = timedelta(days=14)
SOON, LATER = 14.0, 21.0
Points = list[tuple[float, float]]


def points_of(check: Check, quantity: str, at: datetime) -> Points:
    """(days from `at`, percent) by the hour."""
    rows = Sample.objects.filter(check_of=check, quantity=quantity, at__gt=at - BEHIND, at__lte=at)
    hours = rows.order_by().annotate(hour=TruncHour("at")).values("hour").annotate(mean=Avg("value"))
    return [((r["hour"] - at).total_seconds() / 86400, r["mean"]) for r in hours.order_by("hour")]


def foresee(at: datetime) -> int:
    """Raise and end the alerts of disks that fill up; returns how many were raised or counted."""
    found = 0
    for check, quantity in _disks(at):
        left = days_left(points_of(check, quantity, at))
        mark = fingerprint("full", check.pk, quantity)
        if left is not None and left <= SOON:
            found += 1
            if not count_again(mark, at):
                raise_alert(_finding(check, quantity, mark, left), by=None, at=at)
        elif left is None or left > LATER:
            recover(mark, by=None, at=at, said=in_words(left), device=check.device)
    return found


def _disks(at: datetime) -> Iterator[tuple[Check, str]]:
    checks = Check.objects.active().filter(kind=Check.Kind.EXPORTER).select_related("device")
    for check in checks.order_by("pk"):
        rows = Sample.objects.filter(check_of=check, quantity__startswith="disk ", at__gt=at - BEHIND)
        for quantity in rows.order_by("quantity").values_list("quantity", flat=True).distinct():
            yield check, quantity


def _finding(check: Check, quantity: str, mark: str, left: float) -> Finding:
    return Finding(
        fingerprint=mark,
        watch=Watch.PERFORMANCE,
        title=f"{check.device} {label(quantity)} {in_words(left)}",
        said=_("この14日間の増え方が続くとした見込みです。"),
        state=State.WARNING,
        device=check.device,
        check=check,
    )


def in_words(left: float | None) -> str:
    """あと 9 日で満杯."""
    if left is None:
        return _("増えていません")
    return _("あと %(days)s 日で満杯") % {"days": int(left)}
