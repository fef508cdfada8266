"""National holidays: filled from the `holidays` library; which fiscal years still miss theirs."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from opsdesk.audit.record import command, record

from .closing import stream_of
from .fiscal import FiscalYear
from .models import Holiday


def of_years(years: Iterable[int]) -> dict[date, str]:
    """国民の祝日 of calendar years, 振替休日 and 国民の休日 included. No database."""
    import holidays as library  # many megabytes, for what is rare

    found = library.country_holidays("JP", years=list(years), language="ja")
    return dict(sorted(found.items()))


@command
def fill(years: Iterable[int], *, by: Any, at: datetime) -> int:
    """Add what is missing of `years` (calendar years), leave what is there. Returns how many were added."""
    wanted = of_years(years)
    there = set(Holiday.objects.filter(on__in=wanted).values_list("on", flat=True))
    missing = [Holiday(on=on, name=name) for on, name in wanted.items() if on not in there]
    if not missing:
        return 0
    Holiday.objects.bulk_create(missing, ignore_conflicts=True)
    stored = Holiday.objects.filter(on__in=[h.on for h in missing])
    days = {str(h.on): h.name for h in stored}
    record("holiday.filled", stored[0], by=by, at=at, stream=stream_of(None), days=days)
    return len(missing)


def years_for(today: date) -> range:
    """The calendar years to fill: from the year before `today` to the end of the second next fiscal year."""
    return range(today.year - 1, FiscalYear.of(today).year + 4)


def missing_for(today: date, stored: Iterable[date] | None = None) -> list[FiscalYear]:
    """Of this fiscal year and the next, those with a half (to December, from January) without any holiday.

    `stored` are the holidays there are, if somebody has read them already."""
    years = [FiscalYear.of(today), FiscalYear.of(today).next()]
    if stored is None:
        span = (years[0].starts_on, years[-1].ends_on)
        stored = Holiday.objects.filter(on__range=span).values_list("on", flat=True)
    halves = {(FiscalYear.of(on), on.year) for on in stored}
    return [y for y in years if {(y, y.year), (y, y.year + 1)} - halves]
