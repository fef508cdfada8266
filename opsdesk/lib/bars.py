"""A count by something, as bars and as the table beside them: numbers that a template prints. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

#: Geometry of the picture: where bars begin, how long the longest is, how high a row is.
LEFT, LONGEST, STEP = 126, 230, 30


@dataclass(frozen=True)
class Row:
    """One bar. `url` opens exactly its records, "" where nothing does; `more`: further cells of the table."""

    label: str
    count: int
    url: str = ""
    more: Sequence[Any] = ()


@dataclass(frozen=True)
class Figure:
    """`head`: what the rows are; `heads`: of further cells. `overlaps`: a record counts in several rows."""

    key: str
    title: str
    head: str
    rows: Sequence[Row]
    unit: str = ""
    heads: Sequence[str] = ()
    overlaps: bool = False
    hint: str = ""
    most: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "most", max((row.count for row in self.rows), default=0))

    @property
    def total(self) -> int:
        return sum(row.count for row in self.rows)

    @property
    def height(self) -> str:
        return str(STEP * len(self.rows) + 4)

    def bars(self) -> Iterator[dict[str, str]]:
        """What the SVG says of each row, as texts: a template would group and localize numbers."""
        for n, row in enumerate(self.rows):
            length = max(1.0, row.count * LONGEST / self.most) if row.count else 0.0
            yield {
                "label": row.label,
                "count": f"{row.count:,}",
                "x": str(LEFT),
                "y": str(n * STEP + 6),
                "y_text": str(n * STEP + 20),
                "length": f"{length:.1f}",
                "x_count": f"{LEFT + length + 6:.1f}",
            }

    @property
    def words(self) -> str:
        """The picture as a sentence, for those who can't see it."""
        pairs = [f"{row.label} {row.count:,}" for row in self.rows if row.count]
        return _("%(title)s。%(pairs)s。") % {
            "title": self.title,
            "pairs": _("、").join(pairs) or _("ありません"),
        }

    def cells(self) -> Iterator[list[Any]]:
        """The table for a workbook, its head first."""
        yield [self.head, _("件数"), *self.heads]
        for row in self.rows:
            yield [row.label, row.count, *row.more]
        if not self.overlaps:
            yield [_("計"), self.total]
