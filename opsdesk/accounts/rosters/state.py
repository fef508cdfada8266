"""Question: who and what is stored today, as the rows of a roster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from opsdesk.accounts.models import Membership, Organization, Role, Team, User
from opsdesk.lib import headed

from .shape import FLAG, MARK, SHAPE, Names, Shape

Key = tuple[str, ...]
Values = dict[str, str]


@dataclass
class Roster:
    """Rows by sheet and identity, and what else decides: roles with their kind, people who are stopped."""

    rows: dict[str, dict[Key, Values]]
    roles: dict[str, tuple[str, str]]  # code -> (name, kind)
    stopped: frozenset[str]  # logins
    objects: dict[str, dict[Key, Any]] = field(repr=False, default_factory=dict)

    @property
    def names(self) -> Names:
        roles = {
            headed.folded(text): code for code, (name, _kind) in self.roles.items() for text in (code, name)
        }
        return Names(roles, called(self.rows["organizations"].values()))


def called(organizations: Any) -> dict[str, str]:
    """Codes of organizations by code, name and short name; a name that two bear is nobody's."""
    found: dict[str, set[str]] = {}
    for values in organizations:
        for key in ("code", "name", "short_name"):
            if values.get(key):
                found.setdefault(headed.folded(values[key]), set()).add(values["code"])
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


def present() -> Roster:
    """What is stored. Five statements."""
    roster = Roster(
        rows={code: {} for code in SHAPE},
        roles={role.code: (role.name, role.kind) for role in Role.objects.all()},
        stopped=frozenset(User.objects.filter(is_active=False).values_list("login", flat=True)),
        objects={code: {} for code in SHAPE},
    )
    for organization in Organization.objects.all():
        _add(roster, "organizations", organization, {})
    for team in Team.objects.select_related("role", "organization"):
        _add(roster, "teams", team, _of(team))
    for user in User.objects.filter(is_active=True).select_related("organization"):
        _add(roster, "users", user, {"organization": user.organization.code if user.organization else ""})
    memberships = Membership.objects.filter(user__is_active=True)
    for row in memberships.select_related("user", "team__role", "team__organization"):
        _add(roster, "memberships", row, {"login": row.user.login, **_of(row.team)})
    return roster


def _of(team: Team) -> Values:
    return {"role": team.role.code, "organization": team.organization.code}


def _add(roster: Roster, code: str, row: Any, known: Mapping[str, str]) -> None:
    shape = SHAPE[code]
    values = {
        cell.key: known.get(cell.key, "") or _text(getattr(row, cell.key, "")) for cell in shape.cells
    } | dict(known)
    key = identity(shape, values)
    roster.rows[code][key], roster.objects[code][key] = values, row


def identity(shape: Shape, values: Mapping[str, str]) -> Key:
    return tuple(values.get(name, "") for name in shape.identity)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return MARK if value else ""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def on_paper(roster: Roster, shape: Shape) -> list[list[Any]]:
    """The sheet of a workbook: heads, then the rows as people read them."""
    names = {values["code"]: values["short_name"] for values in roster.rows["organizations"].values()}
    people = {values["login"]: values["name"] for values in roster.rows["users"].values()}
    lines: list[list[Any]] = [[cell.head for cell in (*shape.cells, *shape.info)]]
    for values in roster.rows[shape.code].values():
        info = {
            "organization_name": names.get(values.get("organization", ""), ""),
            "person_name": people.get(values.get("login", ""), ""),
        }
        lines.append(
            [_written(cell.key, cell.meaning, values[cell.key], roster) for cell in shape.cells]
            + [info[cell.key] for cell in shape.info]
        )
    return lines


def _written(key: str, meaning: str, text: str, roster: Roster) -> Any:
    if meaning == "day" and text:
        return date.fromisoformat(text)
    if meaning == "number" and text:
        return int(text)
    if meaning == "role":
        return roster.roles[text][0]
    if meaning == "kind":
        return str(Organization.Kind(text).label)
    return text if meaning != FLAG or text else ""
