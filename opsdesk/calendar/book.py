"""The calendars of organizations, read from the tables: one statement, however many organizations."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, F, OuterRef, Q, QuerySet, Value, When

from opsdesk.accounts.models import Organization
from opsdesk.lib.joined import JoinedRows, joined_rows
from opsdesk.lib.statement import Statement

from .days import Calendar
from .models import ClosedDay, Holiday, OpenDay

HOLIDAY, CLOSED, OPENED = "holiday", "closed", "opened"
COLUMNS = ("on", "name", "what", "of")
Row = tuple[date, str, str, int | None]
DAYS = ("days_holiday", "days_closed", "days_opened")
UNION = Q(organization__kind=Organization.Kind.UNION)


def calendar_of(organization: Organization | None = None) -> Calendar:
    """The calendar of `organization`; of the union if None."""
    if organization is None:
        return _calendar(ROWS.ask(()), None)
    return calendars_of([organization])[organization.pk]


def calendars_of(organizations: Iterable[Organization]) -> dict[int, Calendar]:
    """Calendars by the organizations' ids: days for all, the union's, and on top of them their own."""
    calendars = calendars_by_id(o.pk for o in organizations)
    return {pk: calendar for pk, calendar in calendars.items() if pk is not None}


def calendars_by_id(ids: Iterable[int | None]) -> dict[int | None, Calendar]:
    """Calendars of these organizations, and under None the union's."""
    known = sorted({pk for pk in ids if pk is not None})
    rows = ROWS.ask(tuple(known))
    return {pk: _calendar(rows, pk) for pk in (None, *known)}


def days_of(organization: str, kind: str = "") -> dict[str, JoinedRows]:
    """For annotate(): the days of the calendar of `organization`, the name of a field, for `calendar_in`.

    `kind`: only of rows of that kind of organization; others have none."""
    ids = Q(organization=None) | UNION | Q(organization=OuterRef(organization))
    sources = [Holiday.objects.all(), ClosedDay.objects.filter(ids), OpenDay.objects.filter(ids)]
    if kind:
        sources = [
            rows.alias(of_kind=Value(kind, CharField())).filter(of_kind=OuterRef("kind")) for rows in sources
        ]
    return {name: JoinedRows(rows, "on", "name") for name, rows in zip(DAYS, sources, strict=True)}


def calendar_in(row: Any) -> Calendar:
    """The calendar that came with a row by `days_of`."""
    return _joined(*(getattr(row, name) for name in DAYS))


def calendar_beside(row: Any, organization: Organization) -> Calendar:
    """That of `organization`: as it came with `row`, else asked for."""
    return calendar_in(row) if hasattr(row, DAYS[0]) else calendar_of(organization)


@lru_cache(256)
def _joined(*texts: str | None) -> Calendar:
    holidays, closed, opened = (
        {date.fromisoformat(on): name for on, name in joined_rows(text)} for text in texts
    )
    return Calendar(
        frozenset(holidays), frozenset(closed), frozenset(opened), {**closed, **opened, **holidays}
    )


def _rows(ids: tuple[int, ...]) -> QuerySet[Any]:
    """Holidays and added days; `of` is the organization of a day of its own, None if it holds for all."""
    holidays = Holiday.objects.order_by().annotate(what=Value(HOLIDAY), of=Value(None, BigIntegerField()))
    closed, opened = _added(ClosedDay.objects, CLOSED, ids), _added(OpenDay.objects, OPENED, ids)
    return holidays.values_list(*COLUMNS).union(
        closed.values_list(*COLUMNS), opened.values_list(*COLUMNS), all=True
    )


ROWS = Statement(_rows)


def _added(days: Any, what: str, ids: tuple[int, ...]) -> QuerySet[Any]:
    own = Case(When(UNION, then=None), default=F("organization_id"), output_field=BigIntegerField())
    found = days.filter(Q(organization=None) | UNION | Q(organization__in=ids))
    return found.order_by().annotate(what=Value(what, CharField()), of=own)


def _calendar(rows: list[Row], organization: int | None) -> Calendar:
    days: dict[str, set[date]] = {HOLIDAY: set(), CLOSED: set(), OPENED: set()}
    names: dict[date, str] = {}
    for on, name, what, of in rows:
        if of is None or of == organization:
            days[what].add(on)
            if what == HOLIDAY or on not in days[HOLIDAY]:
                names[on] = name
    return Calendar(frozenset(days[HOLIDAY]), frozenset(days[CLOSED]), frozenset(days[OPENED]), names)
