"""The choices of the ledger: which duty, whose, which month; only what the person may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.calendar.days import add_months, last_of_month
from opsdesk.lib.era import era_year
from opsdesk.lib.filters import QuickSelect
from raci.access import Standing
from raci.models import Duty

from .expected import Book

#: How many months of the past and of the future one can choose.
PAST, FUTURE = 36, 12
#: Years from today that an address may ask for.
SPAN = 50


class LedgerFilter(forms.Form):
    """`duty` (No., empty: all), `organization` (code), `month` (2026-11); nonsense is the default."""

    duty = forms.ChoiceField(required=False, widget=QuickSelect)
    organization = forms.ChoiceField(required=False, widget=QuickSelect)
    month = forms.ChoiceField(required=False, widget=QuickSelect)
    kept: dict[str, str] = {}
    folded: tuple[str, ...] = ()

    def __init__(self, data: Any, *, book: Book, standing: Standing, today: date) -> None:
        self.book, self.standing, self.today = book, standing, today
        self.organizations = {o.code: o for o in organizations_for(book, standing)}
        self.visible = duties_for(book, standing, self.organizations.values())
        self.first = month_of(data.get("month", ""), today)
        self.whose = self.organizations.get(data.get("organization", "")) or self._own()
        numbers = {str(duty.number): duty for duty in self.visible}
        self.number = data.get("duty", "") if data.get("duty", "") in numbers else ""
        month = f"{self.first:%Y-%m}"
        chosen = {"duty": self.number, "month": month, "organization": getattr(self.whose, "code", "")}
        super().__init__(chosen)
        self._label("duty", _("業務"), [("", _("すべて")), *((n, str(d)) for n, d in numbers.items())])
        self._label("organization", _("団体"), [(c, named(o)) for c, o in self.organizations.items()])
        self._label(
            "month", _("月"), [(m, month_words(date.fromisoformat(f"{m}-01"))) for m in self._months(month)]
        )

    def _label(self, name: str, label: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].label = label
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return self.visible_fields()

    @property
    def last(self) -> date:
        return last_of_month(self.first.year, self.first.month)

    @property
    def duties(self) -> frozenset[int]:
        """Ids of the chosen duties in every edition, as far as the person may see them."""
        keys = {duty.key for duty in self.visible if self.number in ("", str(duty.number))}
        organization = self.whose
        if organization is None:
            return frozenset()
        every = (duty for rows in self.book.duties.values() for duty in rows if duty.key in keys)
        return frozenset(duty.pk for duty in every if may_see(self.standing, duty, organization))

    def words(self) -> str:
        """The filter in words, for paper."""
        return " / ".join(str(dict(f.field.choices)[f.value()]) for f in self.visible_fields())  # type: ignore[attr-defined]

    def _own(self) -> Organization | None:
        """The person's own municipality, if that is all there is to the person; else the union."""
        mine = {t.organization.code for t in self.standing.teams if t.role.kind == Organization.Kind.MEMBER}
        if not self.standing.is_union and len(mine) == 1 == len(self.standing.teams):
            return self.organizations.get(mine.pop())
        return next(iter(self.organizations.values()), None)

    def _months(self, chosen: str) -> list[str]:
        """Newest first, back to the month in which operation started; the chosen one is always there."""
        union = self.book.union
        start = union.operation_starts_on if union and union.operation_starts_on else self.today
        first = max(start.replace(day=1), add_months(self.today, -PAST))
        last, found = add_months(self.today, FUTURE), {chosen}
        while first <= last:
            found.add(f"{first:%Y-%m}")
            first = add_months(first, 1)
        return sorted(found, reverse=True)


def organizations_for(book: Book, standing: Standing) -> list[Organization]:
    """The union (共通) and the municipalities; for somebody of municipalities only, these alone."""
    if book.union is None or not standing.teams:
        return []
    own = {t.organization_id for t in standing.teams}
    is_narrow = all(t.role.kind == Organization.Kind.MEMBER for t in standing.teams)
    return [book.union, *(m for m in book.members if not is_narrow or m.pk in own)]


def duties_for(book: Book, standing: Standing, organizations: Iterable[Organization]) -> list[Duty]:
    """Scheduled duties that the person may see for one of `organizations`, the newest of each key, by No."""
    newest: dict[int, Duty] = {}
    for edition, _first, _last in book.spans:
        for duty in book.duties.get(edition.pk, ()):
            if any(may_see(standing, duty, o) for o in organizations):
                newest[duty.key] = duty
    return sorted(newest.values(), key=lambda duty: duty.number)


def may_see(standing: Standing, duty: Duty, organization: Organization) -> bool:
    return standing.is_union or bool(standing.mark_on(duty.pk, organization.pk))


def month_of(text: str, today: date) -> date:
    """The first day of the month `2026-11`; of this month if it is none, or out of all reason."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = date.min
    return first if abs(first.year - today.year) <= SPAN else today.replace(day=1)


def month_words(first: date) -> str:
    return _("%(year)s年%(month)s月") % {"year": era_year(first), "month": first.month}


def named(organization: Organization) -> str:
    if organization.kind == Organization.Kind.UNION:
        return _("%(name)s（共通の作業）") % {"name": organization.short_name}
    return organization.short_name
