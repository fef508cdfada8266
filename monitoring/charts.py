"""Question: the charts of a device: each measured quantity as a line, with the same numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Avg, Max, Min
from django.db.models.functions import TruncDay, TruncHour
from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from opsdesk.lib.templatetags.dates import hm

from . import filling
from .exporters import label
from .fullness import days_left
from .judgement import limit_of
from .models import Check, Device, Sample

WIDTH, HEIGHT, LEFT, TOP = 720, 180, 44, 8
SPANS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=35)}
#: What is written under a chart of at most this long a time: every so often.
TICKS = ((timedelta(days=2), timedelta(hours=6)), (timedelta(days=10), timedelta(days=1)))
SELDOM = timedelta(days=7)
#: Within so many days a full disk is a matter of now.
SOON = 90.0


@dataclass(frozen=True)
class Point:
    """One hour, of the longest span one day: least, mean, most."""

    at: datetime
    low: float
    mean: float
    high: float


class Chart:
    """One quantity; `top` is the value at the upper edge."""

    def __init__(
        self,
        check: Check,
        quantity: str,
        points: list[Point],
        *,
        start: datetime,
        end: datetime,
        days: float | None,
    ) -> None:
        self.check, self.points, self.start, self.end, self.days = check, points, start, end, days
        self.limits: Mapping[str, float] = limit_of(quantity, check.limits)
        self.key = f"c{check.pk}-{quantity}".replace(" ", "-").replace("/", "_")
        self.name = f"{label(quantity)}"
        self.is_percent = check.kind == Check.Kind.EXPORTER
        most = max([p.high for p in points] + list(self.limits.values()), default=1.0)
        self.top = 100.0 if self.is_percent else most * 1.1 or 1.0

    @property
    def unit(self) -> str:
        return "%" if self.is_percent else ""

    @property
    def left(self) -> str:
        """あと 9 日で満杯; "" if it doesn't fill."""
        return "" if self.days is None else filling.in_words(self.days)

    @property
    def is_soon(self) -> bool:
        return self.days is not None and self.days <= SOON

    def _x(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start)
        return round(LEFT + share * (WIDTH - LEFT), 1)

    def _y(self, value: float) -> float:
        return round(TOP + (1 - min(value / self.top, 1.0)) * (HEIGHT - TOP), 1)

    @property
    def line(self) -> str:
        """The attribute `points` of the line of the means."""
        return " ".join(f"{self._x(p.at)},{self._y(p.mean)}" for p in self.points)

    @property
    def band(self) -> str:
        """The attribute `points` of the area from the least to the most."""
        upper = [f"{self._x(p.at)},{self._y(p.high)}" for p in self.points]
        lower = [f"{self._x(p.at)},{self._y(p.low)}" for p in reversed(self.points)]
        return " ".join(upper + lower)

    @property
    def marks(self) -> list[tuple[float, str]]:
        """(y, value) of the lines behind it."""
        return [(self._y(self.top * n / 4), f"{self.top * n / 4:.4g}{self.unit}") for n in range(5)]

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """(x, hour or day) of the moments that are written under it, at round hours of here."""
        long = self.end - self.start
        step = next((step for most, step in TICKS if long <= most), SELDOM)
        at = self.start.astimezone(get_current_timezone()).replace(hour=0, minute=0, second=0, microsecond=0)
        found = []
        while at <= self.end:
            if at >= self.start:
                found.append((self._x(at), hm(at) if at.hour else f"{at.month}/{at.day}"))
            at += step
        return found

    @property
    def thresholds(self) -> list[tuple[float, str, str]]:
        """(y, style, words) of its limits."""
        words = {"warning": _("注意"), "critical": _("異常")}
        return [
            (self._y(v), k, f"{words[k]} {v:g}{self.unit}") for k, v in self.limits.items() if v <= self.top
        ]

    @property
    def last(self) -> str:
        return f"{self.points[-1].mean:.1f}{self.unit}"

    @property
    def rows(self) -> list[Point]:
        """The newest first."""
        return self.points[::-1]


class ChartPage:
    """Three statements, and one more for each disk."""

    def __init__(self, device: Device, span: str, *, now: datetime) -> None:
        self.device, self.now = device, now
        self.span = span if span in SPANS else "day"
        self.start = now - SPANS[self.span]
        self.is_daily = self.span == "month"

    @property
    def spans(self) -> list[tuple[str, str, bool]]:
        words = {"day": _("24時間"), "week": _("7日"), "month": _("35日")}
        return [(key, word, key == self.span) for key, word in words.items()]

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        here = reverse("monitoring:device", args=[self.device.pk])
        return [(_("システム監視"), reverse("monitoring:devices")), (str(self.device), here)]

    @cached_property
    def charts(self) -> list[Chart]:
        checks = {check.pk: check for check in self.device.checks.filter(is_active=True)}
        found: dict[tuple[int, str], list[Point]] = {}
        for row in self._rows(list(checks)):
            points = found.setdefault((row["check_of"], row["quantity"]), [])
            points.append(Point(row["when"], row["low"], row["mean"], row["high"]))
        order = sorted(found, key=lambda key: (checks[key[0]].name, key[1]))
        return [self._chart(checks[pk], quantity, found[pk, quantity]) for pk, quantity in order]

    def _rows(self, checks: list[int]) -> Any:
        """Least, mean and most by the hour (of 35 days by the day), of each check and quantity."""
        unit = (TruncDay if self.is_daily else TruncHour)("at", tzinfo=get_current_timezone())
        rows = Sample.objects.filter(check_of__in=checks, at__gt=self.start, at__lte=self.now).order_by()
        by = rows.annotate(when=unit).values("check_of", "quantity", "when")
        return by.annotate(low=Min("value"), mean=Avg("value"), high=Max("value")).order_by("when")

    def _chart(self, check: Check, quantity: str, points: list[Point]) -> Chart:
        days = None
        if check.kind == Check.Kind.EXPORTER and quantity.startswith("disk "):
            days = days_left(filling.points_of(check, quantity, self.now))
        first = min(self.start, points[0].at)
        return Chart(check, quantity, points, start=first, end=self.now, days=days)
