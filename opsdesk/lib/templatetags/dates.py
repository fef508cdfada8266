"""Dates in templates, as opsdesk.lib.era writes them; instants are shown in Asia/Tokyo."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from opsdesk.lib import era as eras

register = template.Library()


def day_of(value: date | datetime) -> date:
    """The local day of an instant; a date is its own."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def era(value: date | datetime | None) -> str:
    """令和8年11月20日."""
    return eras.era_date(day_of(value)) if value else ""


@register.filter
def era_w(value: date | datetime | None) -> str:
    """令和8年11月20日(金)."""
    return eras.era_date(day_of(value), with_weekday=True) if value else ""


@register.filter
def era_short(value: date | datetime | None, today: date) -> str:
    """11/20(金); R9.4/1(木) outside the fiscal year of `today`."""
    return eras.era_short(day_of(value), today) if value else ""


@register.filter
def era_dt(value: datetime | None) -> str:
    """令和8年11月20日 17:15."""
    return f"{era(value)} {hm(value)}" if value else ""


@register.filter
def hm(value: datetime | None) -> str:
    """8:52, 17:15."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return f"{local.hour}:{local.minute:02}"
