"""Questions: how many inquiries by month, channel, kind, municipality and hour; three statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from opsdesk.lib.bars import Figure, Row
from opsdesk.lib.localtime import LocalHour, LocalMonth
from raci.access import standing_of
from raci.models import CaseKind, Duty, Edition
from tasks.figures import Span, address, by_month
from tasks.reach import Arm, reach_of

from .filters import CATEGORIES, UNSORTED
from .models import Channel, Inquiry

#: month, channel, category, organization
MONTH, CHANNEL, CATEGORY, TOWN = range(4)


def counted(visible: Any, span: Span) -> QuerySet[Any]:
    """Those of `visible` that were received in the span."""
    found = visible.filter(received_at__gte=span.since, received_at__lt=span.until).order_by()
    return found.filter(organization=span.town.pk) if span.town else found


class Inquiries:
    """`visible`: the inquiries that the person reads."""

    def __init__(self, visible: Any, span: Span) -> None:
        self.span = span
        rows = counted(visible, span).annotate(month=LocalMonth("received_at"))
        names = ("month", "channel", "category", "organization_id")
        self.cube = [(row[:4], row[4]) for row in rows.values_list(*names).annotate(n=Count("pk"))]
        by_hour = counted(visible, span).annotate(hour=LocalHour("received_at"))
        self.hours = dict(by_hour.values_list("hour").annotate(n=Count("pk")))

    def by(self, place: int) -> Counter[Any]:
        found: Counter[Any] = Counter()
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
            "state": "any",
            "organization": self.span.town.code if self.span.town else "",
            "received_from": year.starts_on.isoformat(),
            "received_to": year.ends_on.isoformat(),
            **of,
        }
        return address(reverse("helpdesk:inquiries"), **given)

    @property
    def figures(self) -> list[Figure]:
        found = [
            Figure(
                "month", _("月別の受付"), _("月"), by_month(self.span, self.by(MONTH), self.url, "received")
            ),
            Figure("channel", _("手段別の受付"), _("手段"), self._channels()),
            Figure("category", _("区分別の受付"), _("区分"), list(self._categories())),
            Figure("hour", _("時間帯別の受付"), _("時"), self._hours()),
        ]
        if self.span.town is None:
            found.insert(3, Figure("town", _("団体別の受付"), _("団体"), list(self._towns())))
        return found

    def _channels(self) -> Sequence[Row]:
        counts = self.by(CHANNEL)
        return [Row(str(c.label), counts[c.value], self.url(channel=c.value)) for c in Channel]

    def _categories(self) -> Iterator[Row]:
        counts = self.by(CATEGORY)
        for word, label in CATEGORIES:
            yield Row(str(label), counts.pop("" if word == UNSORTED else word, 0), self.url(category=word))
        yield from (Row(word, n) for word, n in sorted(counts.items()))

    def _towns(self) -> Iterator[Row]:
        """Of people of municipalities the own ones; what is of nobody they know is counted together."""
        counts = self.by(TOWN)
        for town in self.span.towns:
            yield Row(town.name, counts.pop(town.pk, 0), self.url(organization=town.code))
        if rest := sum(counts.values()):
            yield Row(_("他団体") if self.span.is_narrow else _("その他"), rest)

    def _hours(self) -> Sequence[Row]:
        return [
            Row(_("%(n)s時") % {"n": hour}, self.hours.get(hour, 0), self.url(hour=str(hour)))
            for hour in working_hours(self.hours)
        ]


def working_hours(hours: Iterable[int]) -> range:
    """8 to 18, and as far beyond as something came."""
    known = [8, 18, *hours]
    return range(min(known), max(known) + 1)


def oldest(visible: Any) -> Any:
    """When the first one was received."""
    return visible.order_by("received_at").values_list("received_at", flat=True).first()


def all_of(user: Any, today: date) -> Any:
    """Inquiries that the person reads. Who reads them all is not asked of each: that takes longer than to
    count them."""
    reach = reach_of(standing_of(user, today))
    if reach is None or _reads_all(reach):
        return Inquiry.objects.all()
    return Inquiry.objects.visible_to(user, today)


def _reads_all(reach: Iterable[Arm]) -> bool:
    """A vendor's team reads every case that begins where inquiries do, whatever the edition."""
    entries = Duty.objects.filter(
        case_kind=CaseKind.INQUIRY, is_entry=True, edition__in=Edition.objects.published()
    )
    found = set(entries.values_list("pk", flat=True))
    return any(not arm.is_member and found <= set(arm.entries) for arm in reach)
