"""The forecast of an edition beside today's: bars and their table, as numbers a template prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.calendar.days import last_of_month
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.era import era_year
from raci.models import Edition

from .expected import Book
from .forecast import (
    NOBODY,
    Column,
    Forecast,
    Share,
    columns_of,
    forecast,
    is_member,
    members_in,
    of_edition,
    shared,
)

#: Geometry of the picture: where bars begin, how long the longest is, how high a role is.
LEFT, LONGEST, STEP = 126, 320, 34


@dataclass(frozen=True)
class Line:
    """One role: tasks of the edition in force (None: there is none) and of the draft."""

    label: str
    old: int | None
    new: int
    top: int
    scale: float
    is_nobody: bool = False

    @property
    def difference(self) -> str:
        """+19, −2, ±0; "" without an edition to compare with."""
        if self.old is None:
            return ""
        by = self.new - self.old
        return f"+{by:,}" if by > 0 else f"−{-by:,}" if by < 0 else "±0"

    @property
    def is_changed(self) -> bool:
        return self.old is not None and self.new != self.old

    def _length(self, count: int) -> str:
        return f"{max(1.0, count * self.scale):.1f}"

    def _beyond(self, count: int) -> str:
        return f"{LEFT + 8 + max(1.0, count * self.scale):.1f}"

    @property
    def bars(self) -> dict[str, str]:
        """What the SVG says of this role, as texts: a template would group and localize numbers."""
        old = self.old or 0
        tops = {"label": 22, "old": 4, "new": 17, "old_text": 14, "new_text": 29, "difference": 24}
        return {
            **{f"y_{name}": str(self.top + down) for name, down in tops.items()},
            "old": self._length(old),
            "new": self._length(self.new),
            "x_old": self._beyond(old),
            "x_new": self._beyond(self.new),
        }


@dataclass(frozen=True)
class Picture:
    """`months`: (what the address says, words, is chosen), the whole year first."""

    title: str
    edition: Edition
    before: Edition | None
    year: FiscalYear
    month: date | None
    lines: tuple[Line, ...]
    old_total: int | None
    new_total: int
    nobody: int

    @property
    def name(self) -> str:
        """改定案 第2版, 第2版."""
        return f"{_('改定案')} {self.edition}" if self.edition.is_draft else str(self.edition)

    @property
    def height(self) -> str:
        return str(STEP * len(self.lines) + 6)

    @property
    def months(self) -> list[tuple[str, str, bool]]:
        months = [(f"{m:%Y-%m}", _("%(n)s月") % {"n": m.month}, m == self.month) for m in self.year.months]
        return [("", self.year.label, self.month is None), *months]

    @property
    def words(self) -> str:
        """The picture as a sentence, for those who can't see it."""
        pairs = [
            f"{line.label} {line.new:,}" if line.old is None else f"{line.label} {line.old:,}→{line.new:,}"
            for line in self.lines
        ]
        return _("%(title)sの見込み。%(pairs)s。") % {"title": self.title, "pairs": _("、").join(pairs)}


def picture_of(edition: Edition, book: Book, *, today: date, month: str = "") -> Picture:
    """Of a stored edition beside the one in force; the fiscal year after that of `today`. Two statements."""
    before = in_force(book, today)
    new, old = of_edition(edition), list(book.duties.get(before.pk, ())) if before else []
    columns, mains = columns_of([*new, *old])
    return draw(
        edition,
        before,
        columns,
        (shared(old, mains) if before else None, shared(new, mains)),
        book,
        FiscalYear.of(today).next(),
        month,
    )


def in_force(book: Book, today: date) -> Edition | None:
    """The edition in force on `today`, of those in the book."""
    return next(
        (e for e, first, last in book.spans if first <= today and (last is None or today <= last)), None
    )


def draw(
    edition: Edition,
    before: Edition | None,
    columns: Sequence[Column],
    shares: tuple[Sequence[Share] | None, Sequence[Share]],
    book: Book,
    year: FiscalYear,
    month: str = "",
) -> Picture:
    """`shares` before (None: nothing to compare with) and after; `month` as 2027-04, else the whole year."""
    chosen = next((m for m in year.months if f"{m:%Y-%m}" == month), None)
    was, will = (s and forecast(s, book, year.starts_on, year.ends_on) for s in shares)
    new = will or Forecast()
    old = (was or Forecast()) if shares[0] is not None else None
    return Picture(
        title=_month_words(chosen) if chosen else year.label,
        edition=edition,
        before=before,
        year=year,
        month=chosen,
        lines=_lines(_labels(columns, book, year, chosen), old, new, chosen),
        old_total=old.total(chosen) if old else None,
        new_total=new.total(chosen),
        nobody=new.of(NOBODY, chosen),
    )


def _labels(
    columns: Sequence[Column], book: Book, year: FiscalYear, month: date | None
) -> list[tuple[str, str]]:
    """(code, label) of every role, and of nobody."""
    first = month or year.starts_on
    last = last_of_month(month.year, month.month) if month else year.ends_on
    count = members_in(book, first, last)
    named = [
        (c.code, _("%(name)s(%(n)s団体)") % {"name": c.name, "n": count} if is_member(c) else c.name)
        for c in columns
    ]
    return [*named, (NOBODY, _("担当なし"))]


def _lines(
    labels: list[tuple[str, str]], old: Forecast | None, new: Forecast, month: date | None
) -> tuple[Line, ...]:
    numbers = [
        (code, label, old.of(code, month) if old else None, new.of(code, month)) for code, label in labels
    ]
    most = max((max(was or 0, will) for _code, _label, was, will in numbers), default=0)
    return tuple(
        Line(label, was, will, n * STEP, LONGEST / max(most, 1), code == NOBODY)
        for n, (code, label, was, will) in enumerate(numbers)
    )


def _month_words(first: date) -> str:
    return _("%(year)s年%(month)s月") % {"year": era_year(first), "month": first.month}


def context(picture: Picture, url: str) -> dict[str, Any]:
    """What tasks/_forecast.html reads; `url` is the page whose `?month=` chooses."""
    return {"forecast": picture, "forecast_url": url}
