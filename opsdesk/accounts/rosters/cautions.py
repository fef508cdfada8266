"""What somebody should look at: teams with nobody, a 課長 who approves nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from opsdesk.lib.era import era_date

from .planning import FOREVER, team_of
from .state import Key, Values

CHIEF = "課長"


@dataclass(frozen=True)
class Caution:
    """A sentence, and the login of the person that it is about."""

    sentence: str
    login: str = ""


def cautions(rows: dict[str, dict[Key, Values]], today: date) -> list[Caution]:
    """Of the rows of a roster, as they stand or as they would stand."""
    return [*_deserted(rows, today), *_chiefs(rows, today)]


def _deserted(rows: dict[str, dict[Key, Values]], today: date) -> list[Caution]:
    """Teams that have a day, from today on, on which nobody is in them."""
    found = []
    members: dict[Key, list[Values]] = {}
    for values in rows["memberships"].values():
        team = team_of(values, rows["teams"])
        if team is not None:
            members.setdefault(_key(team), []).append(values)
    for key, team in rows["teams"].items():
        day = first_empty_day(team, members.get(key, []), today)
        if day is not None:
            name = team["name"] or rows["organizations"][(team["organization"],)]["short_name"]
            said = {"team": name, "day": era_date(day)}
            found.append(Caution(_("担当「%(team)s」には %(day)s からだれもいません。") % said))
    return found


def _key(team: Values) -> Key:
    return team["role"], team["organization"], team["starts_on"]


def first_empty_day(team: Values, members: list[Values], today: date) -> date | None:
    """The first day from `today` on which a team stands and nobody is in it."""
    day = max(team["starts_on"], today.isoformat())
    for values in sorted(members, key=lambda v: v["starts_on"]):
        end = values["ends_on"] or FOREVER
        if values["starts_on"] <= day <= end:
            if end == FOREVER:
                return None
            day = (date.fromisoformat(end) + timedelta(days=1)).isoformat()
    return date.fromisoformat(day) if day <= (team["ends_on"] or FOREVER) else None


def _chiefs(rows: dict[str, dict[Key, Values]], today: date) -> list[Caution]:
    """People whose post says 課長 and who are in a team, as approver of none."""
    held: dict[str, list[Values]] = {}
    for values in rows["memberships"].values():
        if (values["ends_on"] or FOREVER) >= today.isoformat():
            held.setdefault(values["login"], []).append(values)
    return [
        Caution(_("%(name)sさんは%(post)sですが、承認者になっていません。") % values, values["login"])
        for values in rows["users"].values()
        if CHIEF in values["post"] and values["login"] in held
        if not any(v["is_approver"] for v in held[values["login"]])
    ]
