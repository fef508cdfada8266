"""What the lines of a roster would do, per row: new, changed, unchanged, or a problem. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.accounts.models import Organization

from .reading import Line
from .shape import SHAPES, words_of
from .state import Key, Roster, Values

NEW, CHANGED, SAME, PROBLEM = "new", "changed", "same", "problem"
#: Columns whose change has a page of its own, with its effect shown first.
ELSEWHERE = {
    ("organizations", "name"): gettext_lazy("名称は「団体の加入・脱退・改称」の画面で変えます。"),
    ("organizations", "left_on"): gettext_lazy("脱退は「団体の加入・脱退・改称」の画面で登録します。"),
    ("organizations", "kind"): gettext_lazy("種別は変えられません。"),
    ("organizations", "joined_on"): gettext_lazy("加入日は変えられません。"),
}
#: An empty cell leaves these as they are: nothing else stands for them.
KEPT = {
    ("organizations", "short_name"),
    ("organizations", "position"),
    ("organizations", "name"),
    ("organizations", "kind"),
    ("organizations", "joined_on"),
    ("organizations", "left_on"),
    ("teams", "name"),
    ("teams", "ends_on"),
    ("users", "name"),
    ("memberships", "ends_on"),
}
FOREVER = "9999-12-31"


@dataclass
class Planned:
    """One line with what it would do: `changes` are (column, old, new) as texts."""

    line: Line
    status: str = SAME
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    note: str = ""

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(place, sentence)."""
        return [(self.line.place(key), sentence) for key, sentence in self.line.problems.items()]


@dataclass
class Plan:
    """All lines, the rows as they would stand afterwards, and who is stored but not in the sheet."""

    rows: list[Planned]
    after: dict[str, dict[Key, Values]]
    unlisted: list[Values]
    leaving: dict[str, str]  # login -> the last day of a membership that the workbook ends
    roles: Values  # code -> name

    def of(self, *statuses: str) -> list[Planned]:
        return [row for row in self.rows if row.status in statuses]

    def differences(self, row: Planned) -> list[tuple[str, str, str]]:
        """(head, old, new) of what a row would change, in words."""
        cells = [(row.line.shape.cell(key), old, new) for key, old, new in row.changes]
        return [
            (cell.head, words_of(cell, old, self.called), words_of(cell, new, self.called))
            for cell, old, new in cells
        ]

    def who(self, row: Planned) -> str:
        """Which row it is: 大野 千尋(ono) 構成団体 汐見市 令和8年4月1日."""
        shape, values = row.line.shape, row.line.values
        words = [
            words_of(shape.cell(k), values.get(k, ""), self.called) for k in shape.identity if values.get(k)
        ]
        name = values.get("name") or self.people.get(values.get("login", ""), "")
        return " ".join([name, *words] if name and row.line.sheet != "teams" else words)

    @cached_property
    def called(self) -> Values:
        """Short names of organizations by code, and of roles."""
        return self.roles | {
            v["code"]: v["short_name"] or v["name"] for v in self.after["organizations"].values()
        }

    @cached_property
    def people(self) -> Values:
        return {v["login"]: v["name"] for v in self.after["users"].values()}

    @property
    def digest(self) -> str:
        """So that what was looked at is what is done."""
        said = [
            (row.line.sheet, row.line.key, row.status, row.changes, row.line.problems) for row in self.rows
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def planned(lines: Iterable[Line], roster: Roster) -> Plan:
    """The plan. Nothing is ever taken away: who is missing in the workbook stays as he is."""
    lines = list(lines)
    after = {code: {key: dict(values) for key, values in rows.items()} for code, rows in roster.rows.items()}
    rows = [
        row for shape in SHAPES for row in _sheet([x for x in lines if x.sheet == shape.code], roster, after)
    ]
    _check_organizations(rows, after)
    _check_teams(rows, roster, after)
    _end_with_teams(rows, after)
    _check_memberships(rows, roster, after)
    _check_administrators(rows, after)
    for row in rows:
        if row.line.problems:
            row.status = PROBLEM
    listed = {row.line.values.get("login") for row in rows if row.line.sheet == "users"}
    unlisted = [values for (login,), values in roster.rows["users"].items() if login not in listed]
    roles = {code: name for code, (name, _kind) in roster.roles.items()}
    return Plan(rows, after, unlisted if listed else [], _leaving(rows), roles)


def _sheet(lines: list[Line], roster: Roster, after: dict[str, dict[Key, Values]]) -> list[Planned]:
    seen: set[Key] = set()
    found = []
    for line in lines:
        row = Planned(line)
        found.append(row)
        for key in line.shape.identity:
            if not line.values.get(key):
                line.blame(key, _("%(head)sを入力してください。") % {"head": line.shape.cell(key).head})
        if line.key in seen:
            line.blame(line.shape.identity[0], _("同じ行が二度あります。"))
        seen.add(line.key)
        old = roster.rows[line.sheet].get(line.key)
        if old is None:
            _new(row, roster)
        else:
            _changed(row, old)
        if not line.problems:
            after[line.sheet][line.key] = {**(old or _empty(line)), **_kept(line, old)}
    return found


def _empty(line: Line) -> Values:
    return {cell.key: "" for cell in line.shape.cells}


def _kept(line: Line, old: Values | None) -> Values:
    """What the line says, without the empty cells that leave things as they are."""
    return {k: v for k, v in line.values.items() if v or old is None or (line.sheet, k) not in KEPT}


def _new(row: Planned, roster: Roster) -> None:
    line = row.line
    row.status = NEW
    for cell in line.shape.cells:
        if cell.is_needed and not line.values.get(cell.key):
            line.blame(cell.key, _("%(head)sを入力してください。") % {"head": cell.head})
    if line.sheet == "users" and line.values.get("login") in roster.stopped:
        line.blame("login", _("利用停止中の人です。先に管理の画面で利用を再開してください。"))
    row.changes = [(k, "", v) for k, v in line.values.items() if v and k not in line.shape.identity]


def _changed(row: Planned, old: Values) -> None:
    line = row.line
    for key, new in _kept(line, old).items():
        if new == old[key]:
            continue
        row.changes.append((key, old[key], new))
        if (line.sheet, key) in ELSEWHERE:
            line.blame(key, str(ELSEWHERE[line.sheet, key]))
    if "ends_on" in line.values and not line.values["ends_on"] and old["ends_on"]:
        row.note = _("終了日 %(day)s はそのままです（空欄では消えません）。") % {
            "day": words_of(line.shape.cell("ends_on"), old["ends_on"])
        }
    row.status = CHANGED if row.changes else SAME


def _check_organizations(rows: list[Planned], after: dict[str, dict[Key, Values]]) -> None:
    unions = [v for v in after["organizations"].values() if v["kind"] == Organization.Kind.UNION]
    for row in rows:
        values = row.line.values
        if row.line.sheet != "organizations":
            continue
        if row.status == NEW and values.get("kind") == Organization.Kind.UNION and len(unions) > 1:
            row.line.blame("kind", _("広域組合は一つだけ登録できます。"))
        if values.get("left_on") and values.get("joined_on") and values["left_on"] < values["joined_on"]:
            row.line.blame("left_on", _("脱退日は加入日より後の日付にしてください。"))


def _check_teams(rows: list[Planned], roster: Roster, after: dict[str, dict[Key, Values]]) -> None:
    kinds = {v["code"]: v["kind"] for v in after["organizations"].values()}
    for row in rows:
        if row.line.sheet != "teams" or row.status == SAME or row.line.problems:
            continue
        values = after["teams"][row.line.key]
        role, kind = roster.roles[values["role"]]
        if kind != kinds.get(values["organization"], kind):
            row.line.blame("role", _("役割「%(role)s」は%(kind)sの担当です。") % {
                "role": role, "kind": Organization.Kind(kind).label,
            })  # fmt: skip
        if (values["ends_on"] or FOREVER) < values["starts_on"]:
            row.line.blame("ends_on", _("終了日は開始日より後の日付にしてください。"))
        for key, other in after["teams"].items():
            is_same = other["role"] == values["role"] and (
                kind != Organization.Kind.MEMBER or other["organization"] == values["organization"]
            )
            if key != row.line.key and is_same and _overlap(values, other):
                said = {"team": other["name"] or other["organization"]}
                row.line.blame(
                    "starts_on", _("その期間は「%(team)s」が担当です。先に終了日を入れてください。") % said
                )


def _overlap(a: Values, b: Values) -> bool:
    return a["starts_on"] <= (b["ends_on"] or FOREVER) and b["starts_on"] <= (a["ends_on"] or FOREVER)


def _end_with_teams(rows: list[Planned], after: dict[str, dict[Key, Values]]) -> None:
    """Memberships end with their team, at the latest: teams.end does so."""
    ended = [
        after["teams"][row.line.key]
        for row in rows
        if row.line.sheet == "teams" and row.status == CHANGED and not row.line.problems
    ]
    for team in (team for team in ended if team["ends_on"]):
        for values in after["memberships"].values():
            is_its = team_of(values, {(): team}) is team
            if is_its and (values["ends_on"] or FOREVER) > team["ends_on"]:
                values["ends_on"] = team["ends_on"]


def team_of(membership: Values, teams: dict[Key, Values]) -> Values | None:
    """The team in which a membership begins."""
    for team in teams.values():
        if (
            team["role"] == membership["role"]
            and team["organization"] == membership["organization"]
            and team["starts_on"] <= membership["starts_on"] <= (team["ends_on"] or FOREVER)
        ):
            return team
    return None


def _check_memberships(rows: list[Planned], roster: Roster, after: dict[str, dict[Key, Values]]) -> None:
    by_login: dict[str, list[tuple[Key, Values]]] = {}
    for key, values in after["memberships"].items():
        by_login.setdefault(values["login"], []).append((key, values))
    for row in rows:
        if row.line.sheet != "memberships" or row.status == SAME or row.line.problems:
            continue
        values = after["memberships"][row.line.key]
        if row.status == NEW:
            _check_new_membership(row, values, roster, after)
        if (values["ends_on"] or FOREVER) < values["starts_on"]:
            row.line.blame("ends_on", _("終了日は開始日より後の日付にしてください。"))
        for key, other in by_login.get(values["login"], ()):
            same = all(other[k] == values[k] for k in ("role", "organization"))
            if key != row.line.key and same and _overlap(values, other):
                said = {"day": words_of(row.line.shape.cell("starts_on"), other["starts_on"])}
                sentence = _("%(day)sから所属しています。開始日を合わせるか、先に終了日を入れてください。")
                row.line.blame("starts_on", sentence % said)


def _check_new_membership(
    row: Planned, values: Values, roster: Roster, after: dict[str, dict[Key, Values]]
) -> None:
    if values["login"] in roster.stopped:
        row.line.blame("login", _("利用停止中の人です。先に管理の画面で利用を再開してください。"))
    elif (values["login"],) not in after["users"]:
        row.line.blame("login", _("ログインID「%(login)s」の利用者がいません。") % {"login": values["login"]})
    if team_of(values, after["teams"]) is None:
        row.line.blame("role", _("その役割・団体の担当が、開始日にありません。"))


def _check_administrators(rows: list[Planned], after: dict[str, dict[Key, Values]]) -> None:
    """Somebody stays who manages accounts: of those who would stop, each is told."""
    if any(values["is_staff"] for values in after["users"].values()):
        return
    for row in rows:
        if row.line.sheet == "users" and any(key == "is_staff" and old for key, old, _new in row.changes):
            row.line.blame("is_staff", _("管理者がいなくなります。先にほかの人を管理者にしてください。"))


def _leaving(rows: list[Planned]) -> dict[str, str]:
    return {
        row.line.values["login"]: new
        for row in rows
        if row.line.sheet == "memberships" and row.status != PROBLEM
        for key, _old, new in row.changes
        if key == "ends_on" and new
    }
