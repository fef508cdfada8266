"""保守時間: whether a maintenance window is on at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.calendar.book import calendar_of
from opsdesk.calendar.days import Calendar, last_of_month
from opsdesk.lib.era import era_date

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


def in_words(window: MaintenanceWindow) -> str:
    """毎月 第3開庁日 22:00 から180分."""
    when = {"time": f"{window.starts_at:%H:%M}", "minutes": window.minutes}
    return f"{_days_in_words(window)} " + _("%(time)s から%(minutes)s分") % when


def _days_in_words(window: MaintenanceWindow) -> str:
    n = window.n or 0
    if window.rule == Rule.ONCE:
        return era_date(window.on) if window.on else ""
    if window.rule == Rule.CLOSED_DAYS:
        return _("閉庁日ごと")
    if window.rule == Rule.WEEKDAY:
        return _("毎週%(day)s曜日") % {"day": "月火水木金土日"[n - 1]}
    if window.rule == Rule.DAY:
        return _("毎月 末日から%(n)s番目の日") % {"n": -n} if n < 0 else _("毎月%(n)s日") % {"n": n}
    sentence = _("毎月 最後から%(n)s番目の開庁日") if n < 0 else _("毎月 第%(n)s開庁日")
    return sentence % {"n": abs(n)}
