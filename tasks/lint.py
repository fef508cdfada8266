"""点検: what is unwise or impossible in an edition. Pure but for `findings`, which reads the facts.

It warns; it blocks publishing only where nobody could close a task (raci.matrix)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from datetime import date

from django.utils.translation import gettext as _

from raci.content import Row, fingerprint, rows_of
from raci.matrix import Finding, Said, findings_of
from raci.models import Edition, FieldKind, FollowUp, Mark
from raci.soundness import SCHEDULED

from .lintdates import date_findings
from .lintfacts import Facts, RoleFacts, facts_on

KIND = FollowUp.Kind


def findings(
    edition: Edition, *, today: date, rows: Sequence[Row] | None = None, facts: Facts | None = None
) -> list[Finding]:
    """Everything that the lint finds, blockers first, then in the order of the sheet; eight statements.

    `rows` (of raci.content) are those of `edition`, if they have been read already."""
    return lint(rows_of(edition) if rows is None else rows, facts or facts_on(today))


def lint(rows: Sequence[Row], facts: Facts) -> list[Finding]:
    """The findings on `rows`, an edition in the form of raci.content."""
    found = [*_on_roles(rows, facts.roles), *_on_teams(rows, facts.roles)]
    by_key = {row["key"]: row for row in rows}
    checked = {e["target"] for r in rows for e in r.get("followups", ()) if e["kind"] == KIND.CONFIRMING}
    dates = date_findings(rows, facts.calendar, facts.today)
    for row in rows:
        found += findings_of(said(row))
        if not row.get("is_heading"):
            found += _on_schedule(row, facts.confirmed)
            found += dates.get(row["key"], ())
            found += _on_followups(row, by_key)
            found += _on_approval(row, by_key, checked)
            if row["key"] not in facts.procedures:
                found.append(_of(row, "procedure", _("手順書がありません。")))
    return sorted(found, key=lambda finding: not finding.is_blocker)


def said(row: Row) -> Said:
    """What raci.matrix reads of a row."""
    return Said(
        row["key"],
        row["number"],
        row["cycle"],
        row.get("sharing", "one"),
        row.get("is_heading", False),
        list(row["marks"].values()),
    )


def _of(row: Row, aspect: str, sentence: str) -> Finding:
    return Finding(row["number"], sentence, key=row["key"], aspect=aspect)


def _on_schedule(row: Row, confirmed: Collection[tuple[int, str]]) -> Iterator[Finding]:
    if row["cycle"] not in SCHEDULED:
        return
    if not is_complete(row):
        yield _of(row, "schedule", _("周期設定がないため、作業が作られません。"))
    elif (row["key"], fingerprint(row)) not in confirmed:
        yield _of(row, "schedule", _("周期設定が未確認です。"))


def is_complete(row: Row) -> bool:
    """Tasks can be made by the row's schedule."""
    rule = row.get("schedule")
    if rule is None:
        return False
    is_daily = row["cycle"] == "daily"
    return is_daily or all(rule.get(n) for n in ("opens_by", "opens_n", "due_by", "due_n"))


def _on_followups(row: Row, by_key: Mapping[int, Row]) -> Iterator[Finding]:
    for edge in row.get("followups", ()):
        target = by_key.get(edge["target"])
        if target is None:
            sentence = _("後続の作業(業務キー %(key)s)が、この版にありません。") % {"key": edge["target"]}
            yield _of(row, "followups", sentence)
        elif target.get("is_heading"):
            yield _of(row, "followups", _("後続が見出しの行です: %(to)s") % {"to": named(target)})
    if any(e["kind"] == KIND.CONFIRMING for e in row.get("followups", ())) and not _asks_again(row):
        yield _of(row, "followups", _("確認の作業ですが、やり直しを求める答え(NG)がありません。"))


def _asks_again(row: Row) -> bool:
    """Every confirming edge names an answer of a choice of this row."""
    choices = {f["key"]: f.get("choices", ()) for f in row.get("fields", ()) if f["kind"] == FieldKind.CHOICE}
    conditions = [e.get("condition", {}) for e in row["followups"] if e["kind"] == KIND.CONFIRMING]
    return all(
        any(
            isinstance(values, list) and set(values) & set(choices.get(key, ()))
            for key, values in condition.items()
        )
        for condition in conditions
    )


def _on_approval(row: Row, by_key: Mapping[int, Row], checked: Set[int]) -> Iterator[Finding]:
    """A change: raised, then work of a chosen kind that somebody confirms (`checked`). Who approves it?"""
    if not row.get("is_entry"):
        return
    works = {e["target"] for e in row.get("followups", ()) if e["kind"] == KIND.CHOSEN} & checked
    steps = [row, *(by_key[key] for key in works if key in by_key)]
    if works and not any(s.get("is_approver") for step in steps for s in step.get("signers", ())):
        yield _of(row, "signers", _("変更の承認者がいません。署名者に承認者(課長)を加えると、承認を経ます。"))


def _on_roles(rows: Sequence[Row], roles: Mapping[str, RoleFacts]) -> Iterator[Finding]:
    """Roles with marks and no team that holds them."""
    used: dict[str, list[int]] = {}
    for row in rows:
        for role in {*row["marks"], *(s["role"] for s in row.get("signers", ()))}:
            used.setdefault(role, []).append(row["number"])
    for role in sorted(used, key=lambda code: min(used[code])):
        known = roles.get(role)
        if known is None or not known.teams:
            words = {"role": known.name if known else role, "numbers": numbers(used[role])}
            sentence = _("役割「%(role)s」の担当(チーム)がありません: %(numbers)s") % words
            yield Finding(0, sentence, aspect="team")


def _on_teams(rows: Sequence[Row], roles: Mapping[str, RoleFacts]) -> Iterator[Finding]:
    """Teams with no or one active user, where they alone have ◎."""
    alone: dict[str, list[int]] = {}
    for row in rows:
        mains = [role for role, mark in row["marks"].items() if mark == Mark.MAIN]
        if len(mains) == 1:
            alone.setdefault(mains[0], []).append(row["number"])
    for role, which in alone.items():
        for team, people in roles[role].teams if role in roles else ():
            words = {"team": team, "numbers": numbers(which)}
            if people == 0:
                sentence = _("担当「%(team)s」に利用者がいないため、完了にできる人がいません: %(numbers)s")
                yield Finding(0, sentence % words, aspect="team")
            elif people == 1:
                sentence = _("担当「%(team)s」の利用者が1人だけです: %(numbers)s")
                yield Finding(0, sentence % words, aspect="team")


def named(row: Row) -> str:
    return f"No.{row['number']} {row['work']}"


#: Numbers that a sentence names.
MOST = 8


def numbers(found: Sequence[int]) -> str:
    """No.1・No.2・No.5 ほか12件."""
    text = "・".join(f"No.{n}" for n in sorted(found)[:MOST])
    rest = len(found) - MOST
    return text + (_(" ほか%(n)s件") % {"n": rest} if rest > 0 else "")
