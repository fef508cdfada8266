"""Fiscal years (年度): 1 April to 31 March, named after the year they start in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from opsdesk.lib.era import era_letter, era_year

from .days import add_months

APRIL = 4


@dataclass(frozen=True, order=True)
class FiscalYear:
    """`FiscalYear(2026)` is 令和8年度, `FY2026` as a period."""

    year: int

    @classmethod
    def of(cls, d: date) -> FiscalYear:
        return cls(d.year - (d.month < APRIL))

    @property
    def starts_on(self) -> date:
        return date(self.year, APRIL, 1)

    @property
    def ends_on(self) -> date:
        return date(self.year + 1, APRIL - 1, 31)

    @property
    def code(self) -> str:
        return f"FY{self.year}"

    @property
    def short(self) -> str:
        """R8, as in the number of a case; a year in which the era changes bears the new one."""
        return era_letter(date(self.year, 12, 31))

    @property
    def label(self) -> str:
        """令和8年度; a year in which the era changes bears the new one (令和元年度)."""
        return _("%(year)s年度") % {"year": era_year(date(self.year, 12, 31))}

    @property
    def months(self) -> list[date]:
        """The first days of its twelve months."""
        return [add_months(self.starts_on, n) for n in range(12)]

    def next(self) -> FiscalYear:
        return FiscalYear(self.year + 1)

    def previous(self) -> FiscalYear:
        return FiscalYear(self.year - 1)

    def __contains__(self, d: date) -> bool:
        return self.starts_on <= d <= self.ends_on

    def __str__(self) -> str:
        return self.label
