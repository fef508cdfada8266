"""Who is in it: one union, five municipalities, one vendor with four teams, and their people."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings

from opsdesk.accounts import memberships, organizations, people, teams
from opsdesk.accounts.models import Organization, Role, Team, User
from opsdesk.calendar import closing
from opsdesk.calendar.models import ClosedDay, OpenDay

FOLDER = settings.BASE_DIR / "fixtures" / "demo"


@dataclass(frozen=True)
class Cast:
    """Everybody by key: organizations and teams as in the files, people by login."""

    organization: dict[str, Organization]
    team: dict[str, Team]
    user: dict[str, User]


@cache
def content(name: str) -> Any:
    """The content of fixtures/demo/`name`.json."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def make(*, at: datetime) -> Cast:
    """Make the organizations, their days, the teams and the people, without passwords."""
    source = content("organizations")
    cast = Cast({}, {}, {})
    for position, row in enumerate(source["organizations"]):
        cast.organization[row["key"]] = _organization(row, position, at)
    role = {r.code: r for r in Role.objects.all()}
    for row in source["teams"]:
        cast.team[row["key"]] = teams.create(
            role[row["role"]],
            organization=cast.organization[row["organization"]],
            starts_on=date.fromisoformat(row["from"]),
            ends_on=day(row["to"]),
            name=row["name"],
            by=None,
            at=at,
        )
    for row in content("people")["people"]:
        cast.user[row["login"]] = _person(row, cast, at)
    return cast


def _organization(row: dict[str, Any], position: int, at: datetime) -> Organization:
    name = row["names"][-1]
    values = {
        "name": name["name"],
        "kana": name["kana"],
        "short_name": row["short_name"],
        "position": position,
        "unpatched_limit_percent": row.get("virus_unpatched_limit_percent", 5),
    }
    union = Organization.objects.filter(kind=Organization.Kind.UNION).first()
    if row["kind"] == Organization.Kind.UNION and union:  # `seed` made it, under a name to be changed
        organizations.rename(
            union,
            name=values.pop("name"),
            short_name=values.pop("short_name"),
            kana=values.pop("kana"),
            from_on=union.joined_on + timedelta(days=1),
            by=None,
            at=at,
        )
        return organizations.change(union, by=None, at=at, **values)
    made = organizations.create(
        code=row["key"],
        kind=row["kind"],
        joined_on=date.fromisoformat(row["joined_on"]),
        left_on=day(row.get("left_on")),
        by=None,
        at=at,
        **values,
    )
    for kind, key in ((ClosedDay, "closed_days"), (OpenDay, "open_days")):
        for added in row.get(key, ()):
            closing.add(
                kind(on=date.fromisoformat(added["on"]), organization=made, name=added["name"]),
                by=None,
                at=at,
            )
    return made


def _person(row: dict[str, Any], cast: Cast, at: datetime) -> User:
    user = people.create(
        login=row["login"],
        name=row["name"],
        kana=row["kana"],
        organization=cast.organization[row["organization"]],
        department=row["department"] or "",
        post=row["post"] or "",
        email=row["email"] or "",
        is_staff=row["is_staff"],
        is_superuser=row["is_staff"],
        can_publish_matrix=row["can_publish_matrix"],
        by=None,
        at=at,
    )
    for membership in row["memberships"]:
        memberships.join(
            user,
            team=cast.team[membership["team"]],
            is_approver=membership["is_approver"],
            starts_on=date.fromisoformat(membership["from"]),
            ends_on=day(membership["to"]),
            by=None,
            at=at,
        )
    return user
