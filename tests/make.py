"""make_task(…): a task with only what matters said; long histories are built by calling the commands."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from opsdesk.accounts.models import Organization
from raci.models import Cycle, Duty, Edition
from tasks.models import Task

#: A Tuesday, the sixteenth business day of its month.
TODAY = date(2026, 11, 24)
TOKYO = ZoneInfo("Asia/Tokyo")


def at(hour: int = 9, minute: int = 0, on: date = TODAY) -> datetime:
    """That hour of Tokyo, on TODAY if no day is given."""
    return datetime.combine(on, time(hour, minute), TOKYO)


def duty(number: int) -> Duty:
    """Duty No. `number` of the newest published edition (fixture `edition`)."""
    edition = Edition.objects.published().order_by("-in_force_on").first()
    assert edition is not None, "ask for the fixture `edition`"
    return Duty.objects.get(edition=edition, number=number)


def make_task(number: int = 9, organization: Organization | None = None, **fields: Any) -> Task:
    """A task of duty No. `number`: the union's, of TODAY's period, open since its first day, due TODAY.

    `period_on`, `opens_on`, `due_on` … are given literally where they matter.
    """
    row = duty(number)
    period_on = fields.pop("period_on", None) or _first_day(row.cycle, fields.get("due_on", TODAY))
    due_on = fields.pop("due_on", TODAY)
    return Task.objects.create(
        key=row.key,
        duty=row,
        organization=organization or Organization.objects.get(kind=Organization.Kind.UNION),
        **{
            "period": _period(row.cycle, period_on),
            "period_on": period_on,
            "opens_on": min(period_on, due_on),
            "due_on": due_on,
            "due_at": datetime.combine(due_on, time(17, 15), TOKYO),
            "created_at": datetime.combine(min(period_on, due_on), time(0, 5), TOKYO).astimezone(UTC),
            **fields,
        },
    )


def _first_day(cycle: str, day: date) -> date:
    if cycle == Cycle.MONTHLY:
        return day.replace(day=1)
    if cycle == Cycle.YEARLY:
        return date(day.year if day.month >= 4 else day.year - 1, 4, 1)
    return day


def _period(cycle: str, period_on: date) -> str:
    if cycle == Cycle.MONTHLY:
        return f"{period_on:%Y-%m}"
    if cycle == Cycle.YEARLY:
        return f"FY{period_on.year}"
    return period_on.isoformat()
