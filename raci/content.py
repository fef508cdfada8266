"""An edition as plain rows, in the form of fixtures/duties.json: read from the database, and written to it.

A row is a dict of `key`, `number`, `category`, `section`, `work`, `note`, `cycle`, `marks` (by role code),
`parent` (the key of its heading), the settings of Duty under their own names, `schedule`, `fields` (with
`columns`, `signer`), `signers` and `followups`. What has its default value is left out, so two rows say the
same if and only if they are equal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import time
from typing import Any

from django.db.models import Prefetch, QuerySet

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
    "comment_audience",
)
#: What people confirm of a row besides its cycle: when it is done, by whom together and for whom. Texts and
#: marks are the sheet's own, fields and follow-ups change with the forms: they are not part of it.
CONFIRMED = (
    "scope",
    "sharing",
    "is_entry",
    "is_acknowledged",
    "needs_choice",
    "standard_due",
    "register",
    "schedule",
    "signers",
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
    """The rows of `edition` in their order; five statements, however many rows."""
    return [row_of(duty) for duty in duties_of([edition])]


def rows_of_many(editions: Iterable[Edition]) -> dict[Edition, list[Row]]:
    """The rows of several editions, in as many statements as of one."""
    found: dict[Edition, list[Row]] = {edition: [] for edition in editions}
    by_id = {edition.pk: edition for edition in found}
    for duty in duties_of(list(found)) if found else ():
        found[by_id[duty.edition_id]].append(row_of(duty))
    return found


def duties_of(editions: list[Edition]) -> QuerySet[Duty]:
    """Their duties in order, with all that `row_of` looks at."""
    return (
        Duty.objects.filter(edition__in=editions)
        .select_related("schedule", "parent")
        .prefetch_related(
            Prefetch("assignments", Assignment.objects.select_related("role")),
            Prefetch("signers", Signer.objects.select_related("role")),
            Prefetch("fields", DutyField.objects.select_related("signer_role")),
            "followups",
        )
        .order_by("position")
    )


def row_of(duty: Duty) -> Row:
    """One row; give the duty with what `rows_of` prefetches."""
    row = {name: getattr(duty, name) for name in PLAIN}
    given = sorted(duty.assignments.all(), key=lambda a: (a.role.position, a.role_id))
    row["marks"] = {a.role.code: a.mark for a in given}
    if duty.parent:
        row["parent"] = duty.parent.key
    row |= settings_of(duty, duty.signers.all())
    every = sorted(duty.fields.all(), key=lambda f: f.position)
    if every:
        row["fields"] = [_field_row(f, every) for f in every if f.parent_id is None]
    if edges := sorted(duty.followups.all(), key=lambda f: (f.position, f.pk)):
        row["followups"] = [_edge_row(edge) for edge in edges]
    return row


def settings_of(duty: Duty, signers: Iterable[Signer]) -> Row:
    """The part of a row that is our own reading: settings, schedule and signers (with their roles)."""
    row = _said(Duty, {name: getattr(duty, name) for name in SETTINGS})
    schedule = getattr(duty, "schedule", None)
    if schedule is not None:
        row["schedule"] = _said(Schedule, {name: getattr(schedule, name) for name in SCHEDULE})
    if given := sorted(signers, key=lambda s: s.position):
        row["signers"] = [_signer_row(s) for s in given]
    return row


def covered(row: Mapping[str, Any]) -> Row:
    """What of a row a confirmation is for."""
    return {"cycle": row.get("cycle", ""), **{name: row[name] for name in CONFIRMED if name in row}}


def fingerprint(row: Mapping[str, Any]) -> str:
    """Equal as long as nothing of `covered(row)` changes; a setting that is added later changes none, because
    defaults are not said."""
    text = json.dumps(covered(row), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


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
    """Take all rows out of a draft.

    By ids: where nobody has analyzed the tables yet, PostgreSQL walks a join of them once a row."""
    duties = list(edition.duties.values_list("pk", flat=True))
    for model in (Assignment, Schedule, Signer, FollowUp):
        model._default_manager.filter(duty__in=duties).delete()
    fields = DutyField.objects.filter(duty__in=duties)
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
