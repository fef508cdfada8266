"""The page of a draft put together: the grid as typed, the comparison, the lint, what publishing needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Role, User
from opsdesk.calendar.days import add_months
from raci import editions
from raci.changes import base_rows
from raci.comparison import Difference, compare
from raci.content import Row, duties_of, row_of
from raci.matrix import Finding, head_lines
from raci.models import Duty, Edition

from .differences import Said, said
from .draftform import Typed, columns, control
from .gridrows import GridRow, Looks, differences_by_key, grid_rows, labels_of
from .lint import findings


@dataclass
class Draft:
    """A draft with its rows, read once."""

    edition: Edition
    today: date
    duties: list[Duty] = field(init=False)
    rows: list[Row] = field(init=False)

    def __post_init__(self) -> None:
        self.duties = list(duties_of([self.edition]))
        self.rows = [row_of(duty) for duty in self.duties]

    @cached_property
    def roles(self) -> list[Role]:
        return list(Role.objects.all())

    @cached_property
    def base(self) -> Sequence[Row]:
        return base_rows(self.edition)

    @cached_property
    def differences(self) -> list[Difference]:
        """What is saved against the base."""
        return compare(self.base, self.rows)

    @cached_property
    def said(self) -> list[Said]:
        return said(self.differences, self.base, self.rows, names_of(self.roles))

    @cached_property
    def findings(self) -> list[Finding]:
        return findings(self.edition, today=self.today, rows=self.rows)

    @property
    def blockers(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_blocker]

    def looks(self, typed: Typed, faults: Mapping[str, str]) -> Looks:
        """How the grid looks with these faults, by "<key>.<column>"."""
        return Looks(
            roles=self.roles,
            differences=differences_by_key(self.base, typed.sheet.rows()),
            faults=_by_key(faults),
            number=self.edition.number,
            blockers={finding.number: finding.sentence for finding in self.blockers},
            labels=labels_of(self.rows),
        )


def names_of(roles: Iterable[Role]) -> dict[str, str]:
    return {role.code: role.name for role in roles}


def _by_key(faults: Mapping[str, str]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for place, sentence in faults.items():
        key, _dot, column = place.partition(".")
        if column:
            found.setdefault(int(key), {})[column] = sentence
    return found


def errors_of(faults: Mapping[str, str], roles: Iterable[Role]) -> list[tuple[str, str]]:
    """(href, sentence): to the cell if it can be typed, else to its row."""
    known = set(columns(roles))
    found = []
    for place, sentence in faults.items():
        key, _dot, column = place.partition(".")
        href = f"#{control(int(key), column)}" if column in known else f"#r{key}" if column else ""
        found.append((href, sentence))
    return found


@dataclass(frozen=True)
class Counted:
    """How much a draft changes: cells, the rows they are in, and rows that came, went and moved."""

    cells: int
    rows: int
    added: int
    retired: int
    moved: int

    @property
    def is_nothing(self) -> bool:
        return not (self.cells or self.added or self.retired or self.moved)


def counted(differences: Iterable[Difference]) -> Counted:
    by_kind: dict[str, list[int]] = {}
    for d in differences:
        by_kind.setdefault(d.kind, []).append(d.key)
    changed = by_kind.get("changed", [])
    sizes = (len(by_kind.get(kind, ())) for kind in ("added", "retired", "moved"))
    return Counted(len(changed), len(set(changed)), *sizes)


def grid_context(draft: Draft, typed: Typed, faults: Mapping[str, str]) -> dict[str, Any]:
    """What templates/tasks/_edition_grid.html needs."""
    looks = draft.looks(typed, faults)
    rows = grid_rows(typed, looks)
    return {
        "edition": draft.edition,
        "workbook_url": f"/editions/{draft.edition.number}/workbook/",
        "typed": typed,
        "state": typed.state(),
        "rows": rows,
        "heads": [(role, head_lines(role.name)) for role in draft.roles],
        "width": len(draft.roles) + 7,
        "total": len(typed.sheet.lines),
        "is_dirty": typed.is_dirty,
    }


@dataclass(frozen=True)
class Found:
    """One sentence of the lint with the rows (href, No., work) that it is about; none: the whole edition."""

    sentence: str
    rows: list[tuple[str, int, str]]


def lint_context(draft: Draft, rows: Sequence[Any]) -> dict[str, Any]:
    """Blockers and warnings, the same sentence once; a link leads to a row that is shown."""
    shown = {row.key for row in rows if isinstance(row, GridRow)}
    works = {duty.key: duty.work for duty in draft.duties}
    keys = {duty.number: duty.key for duty in draft.duties}
    found: dict[bool, dict[str, list[tuple[str, int, str]]]] = {True: {}, False: {}}
    for finding in draft.findings:
        about = found[finding.is_blocker].setdefault(finding.sentence, [])
        if key := keys.get(finding.number):
            href = f"#r{key}" if key in shown else f"?rows=all#r{key}"
            about.append((href, finding.number, works[key]))
    blockers, warnings = (
        [Found(*pair) for pair in found[is_blocker].items()] for is_blocker in (True, False)
    )
    return {"blockers": blockers, "warnings": warnings}


def publish_context(draft: Draft, user: User) -> dict[str, Any]:
    """The panel 公開: the proposed day, who may, and why it can't be done now."""
    publishers = list(editions.publishers(draft.today))
    return {
        "publishers": publishers,
        "on": proposed_day(draft.today),
        "is_publisher": user in publishers,
        "hindrance": hindrance(draft, user, publishers),
    }


def hindrance(draft: Draft, user: User, publishers: Sequence[User]) -> str:
    """Why the button is off, as a sentence; "" if it is on."""
    if not draft.rows:
        return _("行を追加すると公開できます")
    if draft.blockers:
        numbers = "・".join(f"No.{finding.number}" for finding in draft.blockers[:5])
        more = _("ほか") if len(draft.blockers) > 5 else ""
        return _("%(numbers)s%(more)s を直すと公開できます") % {"numbers": numbers, "more": more}
    return editions.hindered(draft.edition, user, {person.pk for person in publishers})


def proposed_day(today: date) -> date:
    """The first of the next month: editions change with a month's chain."""
    return add_months(today.replace(day=1), 1)
