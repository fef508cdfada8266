"""The first edition, from fixtures/duties.json: the 60 rows of the sheet and our settings of each."""

import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from opsdesk.accounts.models import Role, User
from opsdesk.audit.record import command, record

from .editions import publish, stream
from .models import Assignment, Duty, DutyField, Edition, FollowUp, Schedule, Signer

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
#: What stands in a row of the file under its own name on Duty.
PLAIN = ("key", "number", "category", "section", "work", "note", "cycle")
SETTINGS = (
    "is_heading",
    "scope",
    "sharing",
    "is_entry",
    "is_acknowledged",
    "needs_choice",
    "standard_due",
    "register",
)


@command
def load(*, in_force_on: date, by: User | None, at: datetime) -> Edition:
    """Make and publish the first edition, in force from `in_force_on`; change nothing if it is there."""
    there = Edition.objects.filter(number=1).first()
    if there:
        return there
    content = source()
    edition = Edition.objects.create(number=1, title=content["title"], created_at=at)
    fill(edition, content["duties"], roles())
    record("edition.loaded", edition, by=by, at=at, stream=stream(), duties=len(content["duties"]))
    return publish(edition, by=by, at=at, in_force_on=in_force_on)


def roles() -> dict[str, Role]:
    """The roles of fixtures/roles.json by code, made where missing; one that is there keeps its name."""
    rows = json.loads((FIXTURES / "roles.json").read_text(encoding="utf-8"))
    Role.objects.bulk_create([Role(**row) for row in rows], ignore_conflicts=True)
    return {r.code: r for r in Role.objects.all()}


@cache
def source() -> dict[str, Any]:
    """The content of fixtures/duties.json."""
    content: dict[str, Any] = json.loads((FIXTURES / "duties.json").read_text(encoding="utf-8"))
    return content


def fill(edition: Edition, rows: list[dict[str, Any]], role: dict[str, Role]) -> None:
    """Insert `rows` (as in the file) into a draft: one statement a table, two where rows stand under rows."""
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
        Signer(duty=duty, position=n, role=role[s["role"]], is_approver=s.get("is_approver", False))
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


def _duties(edition: Edition, rows: list[dict[str, Any]]) -> dict[int, Duty]:
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


def _fields(pairs: list[tuple[Duty, dict[str, Any]]], role: dict[str, Role]) -> None:
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
    duty: Duty, row: dict[str, Any], position: int, role: dict[str, Role], parent: DutyField | None = None
) -> DutyField:
    plain = {name: value for name, value in row.items() if name not in ("columns", "signer")}
    signer = role[row["signer"]] if "signer" in row else None
    return DutyField(duty=duty, parent=parent, position=position, signer_role=signer, **plain)
