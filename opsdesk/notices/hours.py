"""Opening hours: when a person may be written to. Pure: no database, no clock."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from opsdesk.calendar.days import DAY, Calendar

TOKYO = ZoneInfo("Asia/Tokyo")
OPENING, CLOSING = time(8, 30), time(17, 15)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Within 08:30-17:15 of a business day."""
    local = at.astimezone(TOKYO)
    return OPENING <= local.time() < CLOSING and calendar.is_business_day(local.date())


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """`at` itself within opening hours, else the next 08:30 of a business day."""
    if is_open(calendar, at):
        return at
    local = at.astimezone(TOKYO)
    day = local.date() if local.time() < OPENING else local.date() + DAY
    return datetime.combine(calendar.next_business_day(day), OPENING, TOKYO)
