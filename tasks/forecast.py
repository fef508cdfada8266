"""Forecast: how many tasks an edition would make, by role and month. Pure over duties and the book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from django.db.models import FilteredRelation, Q

from opsdesk.accounts.models import Organization, Role
from raci.content import Row, unsaved
from raci.models import Duty, Edition, Mark

from .expected import Book

#: The role of tasks on which nobody has ◎.
NOBODY = ""


class Share(NamedTuple):
    """A duty and the codes of the roles that have ◎ on it."""

    duty: Duty
    mains: tuple[str, ...]


class Column(NamedTuple):
    """A role, by whose tasks one counts."""

    code: str
    name: str
    kind: str


@dataclass
class Forecast:
    """`roles`: tasks by (code of a role that has ◎, first day of the month in which they are due).

    A task with several ◎ counts for each of them, one without any for NOBODY; `tasks` counts each once."""

    roles: Counter[tuple[str, date]] = field(default_factory=Counter)
    tasks: Counter[date] = field(default_factory=Counter)

    def of(self, role: str, month: date | None) -> int:
        """Of one month, or of all if None."""
        return sum(n for (code, m), n in self.roles.items() if code == role and month in (None, m))

    def total(self, month: date | None) -> int:
        return self.tasks.total() if month is None else self.tasks[month]


def forecast(shares: Iterable[Share], book: Book, first: date, last: date) -> Forecast:
    """What is due in [first, last] if these duties alone were in force all the time; pure."""
    shares = list(shares)
    mains = {id(share.duty): share.mains for share in shares}
    found = Forecast()
    for slot in _alone(book, [share.duty for share in shares]).slots():
        for one in slot.expected(last, first):
            if one.due_on <= last:
                month, count = one.due_on.replace(day=1), len(slot.organizations)
                found.tasks[month] += count
                for role in mains[id(slot.duty)] or (NOBODY,):
                    found.roles[role, month] += count
    return found


def _alone(book: Book, duties: Sequence[Duty]) -> Book:
    """The same organizations and calendars, with one edition that was and will always be in force."""
    return replace(book, spans=((Edition(pk=0), date.min, None),), duties={0: tuple(duties)})


def of_rows(rows: Iterable[Row]) -> list[Share]:
    """Of rows as raci.content has them, stored or not."""
    return [
        Share(unsaved(row), tuple(code for code, mark in row["marks"].items() if mark == Mark.MAIN))
        for row in rows
        if row.get("schedule") is not None
    ]


def of_edition(edition: Edition) -> list[Duty]:
    """The scheduled duties of `edition`, with their rules."""
    return list(edition.duties.filter(schedule__isnull=False).select_related("schedule"))


def shared(duties: Iterable[Duty], mains: Mapping[int, tuple[str, ...]]) -> list[Share]:
    return [Share(duty, mains.get(duty.pk, ())) for duty in duties]


def columns_of(duties: Iterable[Duty]) -> tuple[list[Column], dict[int, tuple[str, ...]]]:
    """Every role in the sheet's order, and the codes of those with ◎ by duty id; one statement."""
    ids = [duty.pk for duty in duties]
    main = Q(assignments__mark=Mark.MAIN, assignments__duty_id__in=ids)
    rows: Any = Role.objects.annotate(main=FilteredRelation("assignments", condition=main))
    columns: dict[str, Column] = {}
    mains: dict[int, tuple[str, ...]] = {}
    for code, name, kind, duty in rows.order_by("position").values_list("code", "name", "kind", "main__duty"):
        columns[code] = Column(code, name, kind)
        if duty is not None:
            mains[duty] = (*mains.get(duty, ()), code)
    return list(columns.values()), mains


def members_in(book: Book, first: date, last: date) -> int:
    """How many municipalities are members on some day of [first, last]."""
    return sum(m.joined_on <= last and (m.left_on is None or m.left_on >= first) for m in book.members)


def is_member(column: Column) -> bool:
    return column.kind == Organization.Kind.MEMBER
