"""What pages of figures stand on: the fiscal year and the municipality of the address, the sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.calendar.days import last_of_month
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.bars import Figure, Row
from opsdesk.lib.request import Request, whole_number
from raci.access import Standing, standing_of

from .choices import all_teams, organizations_of, teams_for
from .recurrence import TOKYO

#: Fiscal years to choose from, the newest first; earlier ones are asked for by the address.
YEARS = 10


@dataclass(frozen=True)
class Town:
    pk: int
    code: str
    name: str


@dataclass(frozen=True)
class Span:
    """A fiscal year, and a municipality or all of them."""

    standing: Standing
    year: FiscalYear
    town: Town | None
    first: FiscalYear
    last: FiscalYear

    @property
    def since(self) -> datetime:
        return datetime.combine(self.year.starts_on, time(), TOKYO)

    @property
    def until(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.year.ends_on + timedelta(1), time(), TOKYO)

    @cached_property
    def towns(self) -> list[Town]:
        """Municipalities of which the person may read."""
        return towns_for(self.standing)

    @property
    def months(self) -> list[date]:
        return self.year.months

    @property
    def is_narrow(self) -> bool:
        """The person belongs to municipalities only: other ones are not named."""
        return all(t.role.kind == Organization.Kind.MEMBER for t in self.standing.teams)

    @property
    def words(self) -> str:
        return f"{self.year.label} {self.town.name if self.town else _('すべての団体')}"

    @property
    def query(self) -> str:
        return urlencode({"year": self.year.year, **({"organization": self.town.code} if self.town else {})})

    @property
    def years(self) -> list[tuple[str, str, bool]]:
        first = max(self.first.year, self.last.year - YEARS + 1)
        found = {FiscalYear(n) for n in range(first, self.last.year + 1)} | {self.year}
        return [(str(y.year), y.label, y == self.year) for y in sorted(found, reverse=True)]

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        every = [("", _("すべて"), self.town is None)]
        return every + [(t.code, t.name, t == self.town) for t in self.towns]


def towns_for(standing: Standing) -> list[Town]:
    members = {t.organization_id for t in all_teams() if t.is_member}
    return [Town(pk, code, name) for code, name, pk in organizations_of(teams_for(standing)) if pk in members]


def span_of(request: Request, oldest: datetime | None) -> Span:
    """`?year=2026&organization=shiomi`; what isn't there is left out. `oldest`: of the records."""
    standing = standing_of(request.user, request.today)
    last = FiscalYear.of(request.today)
    first = FiscalYear.of(timezone.localdate(oldest)) if oldest else last
    asked = whole_number(request.GET.get("year", ""))
    year = FiscalYear(asked) if asked and first.year <= asked <= last.year else last
    towns = {t.code: t for t in towns_for(standing)}
    return Span(standing, year, towns.get(request.GET.get("organization", "")), first, last)


def month_words(first: date) -> str:
    return _("%(n)s月") % {"n": first.month}


def by_month(span: Span, counts: Mapping[str, int], url: Callable[..., str], field: str) -> list[Row]:
    """A row a month; `counts` by 2026-11, `url(field_from=, field_to=)` the list of exactly these."""
    return [
        Row(
            month_words(first),
            counts.get(f"{first:%Y-%m}", 0),
            url(**dict(zip((f"{field}_from", f"{field}_to"), days_of(first), strict=True))),
        )
        for first in span.months
    ]


def days_of(first: date) -> tuple[str, str]:
    """The first and the last day of a month, as an address says them."""
    return first.isoformat(), last_of_month(first.year, first.month).isoformat()


def address(path: str, **of: str) -> str:
    """A list with a filter; what is empty is left out."""
    return f"{path}?{urlencode({k: v for k, v in of.items() if v})}"


def sheets(figures: Sequence[Figure], span: Span) -> Iterator[tuple[str, Iterator[list[Any]]]]:
    """A sheet a figure, each with what it counts in its title."""
    for figure in figures:
        yield f"{figure.title[:20]} {span.year.short}", figure.cells()


def context(span: Span, figures: Sequence[Figure], total: int, total_url: str) -> Mapping[str, Any]:
    """What ui/figures_page.html reads."""
    return {"span": span, "figures": figures, "total": total, "total_url": total_url}
