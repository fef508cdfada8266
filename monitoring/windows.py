"""保守時間: whether a maintenance window is on at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone

from opsdesk.calendar.book import calendar_of
from opsdesk.calendar.days import Calendar, last_of_month

from .models import Device, MaintenanceWindow

Rule = MaintenanceWindow.Rule
DAY = timedelta(days=1)


def is_on(window: MaintenanceWindow, calendar: Calendar, at: datetime) -> bool:
    """Whether `at` lies in an occasion of `window`; one may have begun some days before."""
    local = timezone.localtime(at)
    for back in range(window.minutes // 1440 + 2):
        day = local.date() - back * DAY
        begins = timezone.make_aware(datetime.combine(day, window.starts_at))
        if begins <= at < begins + timedelta(minutes=window.minutes) and falls_on(window, calendar, day):
            return True
    return False


def falls_on(window: MaintenanceWindow, calendar: Calendar, day: date) -> bool:
    """Whether an occasion of `window` begins on `day`."""
    n = window.n or 0
    if window.rule == Rule.ONCE:
        return day == window.on
    if window.rule == Rule.BUSINESS_DAY:
        return day == calendar.nth_business_day(day.year, day.month, n)
    if window.rule == Rule.CLOSED_DAYS:
        return not calendar.is_business_day(day)
    if window.rule == Rule.WEEKDAY:
        return day.isoweekday() == n
    last = last_of_month(day.year, day.month)
    return day == (last + (n + 1) * DAY if n < 0 else min(day.replace(day=1) + (n - 1) * DAY, last))


def current(device: Device, at: datetime) -> MaintenanceWindow | None:
    """The window that mutes `device` at `at`."""
    return first_on(device.windows.filter(is_active=True), device, at)


def first_on(windows: Iterable[MaintenanceWindow], device: Device, at: datetime) -> MaintenanceWindow | None:
    found = list(windows)
    if not found:
        return None
    calendar = calendar_of(device.organization)
    return next((window for window in found if is_on(window, calendar, at)), None)
