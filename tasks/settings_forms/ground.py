"""What the forms of a duty's settings stand on: the draft's rows, the roles, the union's calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Role
from opsdesk.calendar.book import calendar_of
from opsdesk.calendar.days import Calendar
from raci.content import Row, unsaved
from raci.models import Duty, DutyField, Edition, FieldKind, Mark

#: A choice of a form: (value, words).
Choice = tuple[str, str]
FIELD = ("key", "label", "hint", "kind", "choices", "is_required", "is_asked", "required_if", "finding")


@dataclass(frozen=True)
class Ground:
    """`row` is one of `rows`, the draft as it was read; `roles` by code."""

    edition: Edition
    rows: Sequence[Row]
    row: Row
    roles: Mapping[str, Role]
    today: date

    @property
    def key(self) -> int:
        return int(self.row["key"])

    @cached_property
    def by_key(self) -> dict[int, Row]:
        return {row["key"]: row for row in self.rows}

    @cached_property
    def calendar(self) -> Calendar:
        """The union's; a municipality's own closed days come on top."""
        return calendar_of()

    @cached_property
    def role_names(self) -> dict[str, str]:
        return {code: role.name for code, role in self.roles.items()}

    @property
    def role_choices(self) -> list[Choice]:
        return list(self.role_names.items())

    @property
    def mains(self) -> list[str]:
        """The names of the roles that have ◎ on this duty."""
        return [self.role_names.get(r, r) for r, mark in self.row["marks"].items() if mark == Mark.MAIN]

    def with_row(self, row: Row) -> list[Row]:
        return [row if r["key"] == row["key"] else r for r in self.rows]

    def changed(self, row: Row) -> Ground:
        """The same ground with `row` in place of the own one."""
        return Ground(self.edition, self.with_row(row), row, self.roles, self.today)

    def name(self, key: int) -> str:
        """No.5 人事異動確認、報告."""
        row = self.by_key.get(key)
        return f"No.{row['number']} {row['work']}" if row else _("業務キー %(key)s(なし)") % {"key": key}

    def duties(self) -> list[Choice]:
        """Every duty that is no heading."""
        return [(str(r["key"]), self.name(r["key"])) for r in self.rows if not r.get("is_heading")]

    def fields(self, *kinds: str, but: Iterable[int] = ()) -> Iterator[tuple[int, Row]]:
        """(duty key, field) of every duty, of these kinds."""
        for row in self.rows:
            for field in row.get("fields", ()):
                if field["kind"] in kinds and row["key"] not in but:
                    yield row["key"], field

    def named(self, *kinds: str) -> list[Choice]:
        """Own fields by key, those of other duties that are done on demand as `<duty key>.<key>`."""
        own = [(f["key"], f["label"]) for f in self.row.get("fields", ()) if f["kind"] in kinds]
        others = [
            (f"{key}.{f['key']}", _("No.%(number)s「%(label)s」") % self._numbered(key, f))
            for key, f in self.fields(*kinds, but=[self.key])
            if "schedule" not in self.by_key[key]
        ]
        return [*own, *others]

    def _numbered(self, key: int, field: Row) -> dict[str, Any]:
        return {"number": self.by_key[key]["number"], "label": field["label"]}

    @cached_property
    def labels(self) -> dict[tuple[int, str], str]:
        """Of all fields by duty key and path, for raci.words."""
        return {
            (row["key"], path): field["label"]
            for row in self.rows
            for path, field in paths(row.get("fields", ()))
        }

    @cached_property
    def duty(self) -> Duty:
        return unsaved(self.row)

    def drawn_fields(self) -> list[tuple[DutyField, tuple[DutyField, ...]]]:
        """The own fields as models that are stored nowhere, each with its columns."""
        found = []
        for row in self.row.get("fields", ()):
            top = self._field(row, None)
            found.append((top, tuple(self._field(c, top) for c in row.get("columns", ()))))
        return found

    def _field(self, row: Row, parent: DutyField | None) -> DutyField:
        plain = {name: row[name] for name in (*FIELD, "options") if name in row}
        role = self.roles.get(row.get("signer", ""))
        return DutyField(duty=self.duty, parent=parent, signer_role=role, **plain)


def paths(fields: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    """Fields and columns with their paths: `lines`, `lines.process`."""
    for field in fields:
        yield field["key"], field
        for column in field.get("columns", ()):
            yield f"{field['key']}.{column['key']}", column


def with_current(choices: Sequence[Choice], value: Any) -> list[Choice]:
    """`choices`, and the stored value if it is none of them (it leads nowhere now, but is not lost)."""
    text = "" if value is None else str(value)
    if not text or text in {c for c, _words in choices}:
        return list(choices)
    return [*choices, (text, _("%(value)s(見つかりません)") % {"value": text})]


def is_lines(field: Row) -> bool:
    return bool(field["kind"] == FieldKind.LINES)
