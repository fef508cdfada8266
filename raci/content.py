"""An edition as plain rows, in the form of fixtures/duties.json: read from the database, and written to it.

A row is a dict of `key`, `number`, `category`, `section`, `work`, `note`, `cycle`, `marks` (by role code),
`parent` (the key of its heading), the settings of Duty under their own names, `schedule`, `fields` (with
`columns`, `signer`), `signers` and `followups`. What has its default value is left out, so two rows say the
same if and only if they are equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import time
from typing import Any

from opsdesk.accounts.models import Role

from .models import Assignment, Duty, DutyField, Edition, FollowUp, Schedule, Signer

Row = dict[str, Any]

#: What stands in every row, under its own name on Duty.
PLAIN = ("key", "number", "category", "section", "work", "note", "cycle")
SETTINGS = (
    "is_heading",
    "scope",
    "sharing",
    "is_entry",
    "case_kind",
    "is_acknowledged",
    "needs_choice",
    "standard_due",
    "register",
)
SCHEDULE = (
    "days",
    "opens_by",
    "opens_n",
    "opens_month",
    "due_by",
    "due_n",
    "due_month",
    "due_move",
    "due_time",
)
FIELD = (
    "key",
    "label",
    "hint",
    "kind",
    "choices",
    "is_required",
    "is_asked",
    "required_if",
    "finding",
    "options",
)


def _defaults(model: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: model._meta.get_field(name).get_default() for name in names}


DEFAULTS = {
    Duty: _defaults(Duty, SETTINGS),
    Schedule: _defaults(Schedule, SCHEDULE),
    DutyField: _defaults(DutyField, FIELD[2:]),
}


def _said(model: Any, values: Mapping[str, Any]) -> Row:
    """`values` without those that are the default of `model`; a time of day as "17:15"."""
    defaults = DEFAULTS[model]
    said = {n: v for n, v in values.items() if n not in defaults or v != defaults[n]}
    return {n: v.isoformat("minutes") if isinstance(v, time) else v for n, v in said.items()}


# --- out ------------------------------------------------------------------------------------------------


def rows_of(edition: Edition) -> list[Row]:
    """The rows of `edition` in their order; six statements."""
    duties = (
        edition.duties.select_related("schedule", "parent")
        .prefetch_related("assignments__role", "signers__role", "followups", "fields__signer_role")
        .order_by("position")
    )
    return [row_of(duty) for duty in duties]


def row_of(duty: Duty) -> Row:
    """One row; give the duty with what `rows_of` prefetches."""
    row = {name: getattr(duty, name) for name in PLAIN}
    given = sorted(duty.assignments.all(), key=lambda a: (a.role.position, a.role_id))
    row["marks"] = {a.role.code: a.mark for a in given}
    if duty.parent:
        row["parent"] = duty.parent.key
    row |= _said(Duty, {name: getattr(duty, name) for name in SETTINGS})
    schedule = getattr(duty, "schedule", None)
    if schedule is not None:
        row["schedule"] = _said(Schedule, {name: getattr(schedule, name) for name in SCHEDULE})
    every = sorted(duty.fields.all(), key=lambda f: f.position)
    if every:
        row["fields"] = [_field_row(f, every) for f in every if f.parent_id is None]
    if signers := sorted(duty.signers.all(), key=lambda s: s.position):
        row["signers"] = [_signer_row(s) for s in signers]
    if edges := sorted(duty.followups.all(), key=lambda f: (f.position, f.pk)):
        row["followups"] = [_edge_row(edge) for edge in edges]
    return row


def _field_row(field: DutyField, every: list[DutyField]) -> Row:
    row = _said(DutyField, {name: getattr(field, name) for name in FIELD})
    if field.signer_role:
        row["signer"] = field.signer_role.code
    if columns := [_field_row(c, every) for c in every if c.parent_id == field.pk]:
        row["columns"] = columns
    return row


def _signer_row(signer: Signer) -> Row:
    row: Row = {"role": signer.role.code}
    if signer.is_approver:
        row["is_approver"] = True
    if signer.label:
        row["label"] = signer.label
    return row


def _edge_row(edge: FollowUp) -> Row:
    row: Row = {"target": edge.target_key, "kind": edge.kind}
    if edge.condition:
        row["condition"] = edge.condition
    return row


def canonical(row: Mapping[str, Any]) -> Row:
    """`row` (of the file, of a form) as rows_of() would give it: no default is said, no empty list."""
    plain = {name: row.get(name, "") for name in PLAIN}
    marks = {role: mark for role, mark in row.get("marks", {}).items() if mark}
    found: Row = {**plain, "marks": marks}
    if row.get("parent") is not None:
        found["parent"] = row["parent"]
    found |= _said(Duty, {name: row[name] for name in SETTINGS if name in row})
    if row.get("schedule") is not None:
        schedule = dict(row["schedule"])
        if isinstance(schedule.get("due_time"), str):
            with suppress(ValueError):  # what is no time of day is refused by soundness
                schedule["due_time"] = time.fromisoformat(schedule["due_time"])
        found["schedule"] = _said(Schedule, schedule)
    if row.get("fields"):
        found["fields"] = [_canonical_field(f) for f in row["fields"]]
    if row.get("signers"):
        found["signers"] = [{n: v for n, v in s.items() if v} for s in row["signers"]]
    if row.get("followups"):
        found["followups"] = [{n: v for n, v in f.items() if n != "condition" or v} for f in row["followups"]]
    return found


def _canonical_field(field: Mapping[str, Any]) -> Row:
    found = _said(DutyField, {name: field[name] for name in FIELD if name in field})
    if field.get("signer"):
        found["signer"] = field["signer"]
    if field.get("columns"):
        found["columns"] = [_canonical_field(c) for c in field["columns"]]
    return found


# --- in -------------------------------------------------------------------------------------------------


def fill(edition: Edition, rows: list[Row], role: Mapping[str, Role]) -> None:
    """Insert `rows` into an empty draft: one statement a table, two where rows stand under rows."""
    duties = _duties(edition, rows)
    pairs = [(duties[row["key"]], row) for row in rows]
    Assignment.objects.bulk_create(
        Assignment(duty=duty, role=role[code], mark=mark)
        for duty, row in pairs
        for code, mark in row["marks"].items()
    )
    Schedule.objects.bulk_create(
        Schedule(duty=duty, **row["schedule"]) for duty, row in pairs if "schedule" in row
    )
    _fields(pairs, role)
    Signer.objects.bulk_create(
        Signer(
            duty=duty,
            position=n,
            role=role[s["role"]],
            is_approver=s.get("is_approver", False),
            label=s.get("label", ""),
        )
        for duty, row in pairs
        for n, s in enumerate(row.get("signers", ()), 1)
    )
    FollowUp.objects.bulk_create(
        FollowUp(
            duty=duty, position=n, target_key=f["target"], kind=f["kind"], condition=f.get("condition", {})
        )
        for duty, row in pairs
        for n, f in enumerate(row.get("followups", ()), 1)
    )


def empty(edition: Edition) -> None:
    """Take all rows out of a draft."""
    for model in (Assignment, Schedule, Signer, FollowUp):
        model._default_manager.filter(duty__edition=edition).delete()
    fields = DutyField.objects.filter(duty__edition=edition)
    fields.exclude(parent=None).delete()
    fields.delete()
    edition.duties.exclude(parent=None).delete()
    edition.duties.all().delete()


def _duties(edition: Edition, rows: list[Row]) -> dict[int, Duty]:
    """By key; the rows that stand under a heading after the others, because they need its id."""
    made: dict[int, Duty] = {}
    for is_child in (False, True):
        made |= {
            duty.key: duty
            for duty in Duty.objects.bulk_create(
                Duty(
                    edition=edition,
                    position=position,
                    parent=made[row["parent"]] if is_child else None,
                    **{name: row[name] for name in PLAIN},
                    **{name: row[name] for name in SETTINGS if name in row},
                )
                for position, row in enumerate(rows, 1)
                if ("parent" in row) == is_child
            )
        }
    return made


def _fields(pairs: list[tuple[Duty, Row]], role: Mapping[str, Role]) -> None:
    tops = [
        (_field(duty, field, n, role), field.get("columns", ()))
        for duty, row in pairs
        for n, field in enumerate(row.get("fields", ()), 1)
    ]
    DutyField.objects.bulk_create(top for top, _ in tops)
    DutyField.objects.bulk_create(
        _field(top.duty, column, n, role, parent=top)
        for top, columns in tops
        for n, column in enumerate(columns, 1)
    )


def _field(
    duty: Duty, row: Row, position: int, role: Mapping[str, Role], parent: DutyField | None = None
) -> DutyField:
    plain = {name: value for name, value in row.items() if name not in ("columns", "signer")}
    signer = role[row["signer"]] if "signer" in row else None
    return DutyField(duty=duty, parent=parent, position=position, signer_role=signer, **plain)


def unsaved(row: Row) -> Duty:
    """The duty of a row that is stored nowhere, with its schedule: for words, rules and forecasts."""
    duty = Duty(
        **{name: row[name] for name in PLAIN}, **{name: row[name] for name in SETTINGS if name in row}
    )
    if row.get("schedule") is not None:
        rule = dict(row["schedule"])
        if isinstance(rule.get("due_time"), str):
            rule["due_time"] = time.fromisoformat(rule["due_time"])
        Schedule(duty=duty, **rule)  # hangs itself on the duty
    return duty
