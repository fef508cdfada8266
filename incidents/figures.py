"""Questions: how many incidents by month, level, cause and municipality, and how many in time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from opsdesk.lib.bars import Figure, Row
from opsdesk.lib.localtime import LocalMonth
from tasks.casefilters import COUNTED, GIVEN_UP
from tasks.figures import Span, address, by_month
from tasks.models import Concern

from . import targets
from .filters import NONE, UNJUDGED, UNRECORDED
from .models import Incident
from .models.incident import Level
from .reportcontent import span_words

MONTH, LEVEL, CAUSE = range(3)


def all_of(user: Any, today: Any) -> Any:
    """Incidents that the person reads, without those that were withdrawn or are another one's duplicate."""
    return Incident.objects.visible_to(user, today).exclude(case__state__in=GIVEN_UP)


def oldest(visible: Any) -> Any:
    """When the first one was raised."""
    return visible.order_by("raised_at").values_list("raised_at", flat=True).first()


@dataclass
class Times:
    """Of one level: how many judged and mended in time and late, and how long both took."""

    code: str
    label: str
    count: int = 0
    numbers: Counter[str] = field(default_factory=Counter)  # judged-met …
    spent: dict[str, timedelta] = field(default_factory=lambda: defaultdict(timedelta))
    measured: Counter[str] = field(default_factory=Counter)

    def average(self, what: str) -> str:
        n = self.measured[what]
        return span_words(self.spent[what] / n) if n else ""


@dataclass(frozen=True)
class Cell:
    """`done` of `total` in time; the addresses of those, and of the late ones."""

    done: int
    total: int
    url: str
    late: int
    late_url: str


class Incidents:
    """`visible`: the incidents that the person reads. Six statements."""

    def __init__(self, visible: Any, span: Span, now: datetime) -> None:
        self.span, self.now = span, now
        found = visible.filter(raised_at__gte=span.since, raised_at__lt=span.until).order_by()
        if span.town:
            found = found.filter(case__concerns__organization=span.town.pk)
        self.found = found
        rows = found.annotate(month=LocalMonth("raised_at"))
        cube = rows.values_list("month", "level", "is_none", "cause_kind").annotate(n=Count("pk"))
        self.cube = [((m, _level(lv, none), cause), n) for m, lv, none, cause, n in cube]

    def by(self, place: int) -> Counter[str]:
        found: Counter[str] = Counter()
        for key, n in self.cube:
            found[key[place]] += n
        return found

    @property
    def total(self) -> int:
        return sum(n for _key, n in self.cube)

    def url(self, **of: str) -> str:
        """The list of exactly these."""
        year = self.span.year
        given = {
            "state": COUNTED,
            "organization": self.span.town.code if self.span.town else "",
            "raised_from": year.starts_on.isoformat(),
            "raised_to": year.ends_on.isoformat(),
            **of,
        }
        return address(reverse("incidents:list"), **given)

    @property
    def figures(self) -> list[Figure]:
        found = [
            Figure(
                "month", _("月別の障害"), _("月"), by_month(self.span, self.by(MONTH), self.url, "raised")
            ),
            Figure("level", _("レベル別の障害"), _("レベル"), self._levels()),
            Figure("cause", _("原因区分別の障害"), _("原因区分"), list(self._causes())),
        ]
        if self.span.town is None:
            hint = _("一つの障害は、影響を受けたそれぞれの団体に数えます。")
            rows = list(self._towns())
            found.append(Figure("town", _("団体別の障害"), _("団体"), rows, overlaps=True, hint=hint))
        return found

    def _levels(self) -> Sequence[Row]:
        counts = self.by(LEVEL)
        return [Row(label, counts[code], self.url(level=code)) for code, label in levels()]

    def _causes(self) -> Iterator[Row]:
        """The most frequent first; what nobody recorded last."""
        counts = self.by(CAUSE)
        unrecorded = counts.pop("", 0)
        for cause, n in counts.most_common():
            yield Row(cause, n, self.url(cause=cause))
        yield Row(_("未記録"), unrecorded, self.url(cause=UNRECORDED))

    def _towns(self) -> Iterator[Row]:
        rows = Concern.objects.filter(case__in=self.found.values("case")).order_by()
        counts = dict(rows.values_list("organization").annotate(n=Count("pk")))
        for town in self.span.towns:
            yield Row(town.name, counts.get(town.pk, 0), self.url(organization=town.code))

    # --- against the target ---

    def times(self) -> list[Times]:
        """A row a level; those without one are left out."""
        of = targets.duties()
        found = {code: Times(code, label) for code, label in levels()}
        rows = self.found.annotate(
            t_judged=targets.judged(of, self.now),
            t_mended=targets.mended(of, self.now),
            d_judged=_between("raised_at", "judged_at"),
            d_mended=_between("raised_at", "recovered_at"),
        )
        grouped = rows.values_list("level", "is_none", "t_judged", "t_mended").annotate(
            n=Count("pk"), n_judged=Count("d_judged"), n_mended=Count("d_mended"),
            s_judged=Sum("d_judged"), s_mended=Sum("d_mended"),
        )  # fmt: skip
        for level, is_none, t_judged, t_mended, n, n_judged, n_mended, s_judged, s_mended in grouped:
            times = found[_level(level, is_none)]
            times.count += n
            for what, state, m, spent in (
                ("judged", t_judged, n_judged, s_judged),
                ("mended", t_mended, n_mended, s_mended),
            ):
                times.numbers[f"{what}-{state}"] += n
                times.measured[what] += m
                times.spent[what] += spent or timedelta()
        return [times for times in found.values() if times.code in Level.values]

    def cell(self, times: Times, what: str) -> Cell:
        met, missed = times.numbers[f"{what}-met"], times.numbers[f"{what}-missed"]
        return Cell(
            met,
            met + missed,
            self.url(level=times.code, target=f"{what}-met"),
            missed,
            self.url(level=times.code, target=f"{what}-missed"),
        )


def levels() -> list[tuple[str, str]]:
    """(code as the list's filter knows it, words)."""
    named = [(str(code), str(label)) for code, label in Level.choices]
    return [*named, (UNJUDGED, _("未判定")), (NONE, _("障害でない"))]


def _level(level: str, is_none: bool) -> str:
    return NONE if is_none else level or UNJUDGED


def _between(first: str, then: str) -> ExpressionWrapper:
    return ExpressionWrapper(F(then) - F(first), output_field=DurationField())
