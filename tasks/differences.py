"""Differences between two editions in the words of the sheet: which cell, what it was, what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from raci.comparison import Difference
from raci.content import Row, unsaved
from raci.models import (
    CaseKind,
    CommentAudience,
    Cycle,
    Duty,
    DutyField,
    FieldKind,
    FollowUp,
    Mark,
    Scope,
    Sharing,
)
from raci.words import REGISTERS, standard_due_in_words

from .effects import effect_of
from .recurrence import in_words, rule_of


@dataclass(frozen=True)
class Said:
    """One difference: `column` names the cell; `before` and `after` are never empty (空白, —).

    `effect` says what changes for the people who work by it."""

    difference: Difference
    column: str
    before: str
    after: str
    effect: str

    @property
    def number(self) -> int:
        return self.difference.number

    @property
    def kind(self) -> str:
        return self.difference.kind


@dataclass(frozen=True)
class Sides:
    """What words need to know: the rows of both sides by key, and the names of the roles by code."""

    old: Mapping[int, Row]
    new: Mapping[int, Row]
    roles: Mapping[str, str]

    def labels(self, rows: Mapping[int, Row]) -> dict[tuple[int, str], str]:
        return {(key, f["key"]): f["label"] for key, row in rows.items() for f in row.get("fields", ())}


def said(
    differences: Iterable[Difference], old: Sequence[Row], new: Sequence[Row], roles: Mapping[str, str]
) -> list[Said]:
    """`differences` of compare(old, new) in words, in their order."""
    sides = Sides({r["key"]: r for r in old}, {r["key"]: r for r in new}, roles)
    return [_said(d, sides) for d in differences]


def _said(d: Difference, sides: Sides) -> Said:
    effect = effect_of(d, sides.old.get(d.key), sides.new.get(d.key))
    if d.kind == "added":
        return Said(d, _("新しい行"), "—", _whole(d.after, sides), effect)
    if d.kind == "retired":
        return Said(d, _("廃止する行"), _whole(d.before, sides), "—", effect)
    if d.kind == "moved":
        return Said(d, _("行の位置"), _place(d.before), _place(d.after), effect)
    (was, old), (now, new) = _both(d, sides)
    return Said(d, column_of(d, sides), _value(d, was, old, sides), _value(d, now, new, sides), effect)


def _both(d: Difference, sides: Sides) -> tuple[tuple[Any, Mapping[int, Row]], tuple[Any, Mapping[int, Row]]]:
    return (d.before, sides.old), (d.after, sides.new)


def _whole(row: Row, sides: Sides) -> str:
    marks = "、".join(f"{sides.roles.get(r, r)} {Mark(m).glyph}" for r, m in row["marks"].items())
    cycle = str(Cycle(row["cycle"]).label) if row["cycle"] else ""
    return " ".join(part for part in (row["work"], cycle, marks) if part)


def _place(above: int | None) -> str:
    return _("No.%(number)s の下") % {"number": above} if above else _("先頭")


def column_of(d: Difference, sides: Sides) -> str:
    """The name of the cell: of a role's column its name, of a setting the words of its form."""
    if d.aspect == "mark":
        return sides.roles.get(d.part, d.part)
    if d.aspect == "field":
        return _("記入項目「%(label)s」") % {"label": (d.after or d.before)["label"]}
    if d.aspect == "followup":
        target = (d.after or d.before)["target"]
        row = sides.new.get(target) or sides.old.get(target)
        return _("後続作業 No.%(number)s") % {"number": row["number"] if row else target}
    named = {
        "parent": _("見出し行"),
        "schedule": _("周期設定"),
        "signers": _("署名順"),
        "fields": _("記入項目の順"),
        "followups": _("後続作業の順"),
    }
    return named.get(d.aspect) or str(Duty._meta.get_field(d.aspect).verbose_name)  # type: ignore[union-attr]


def _value(d: Difference, value: Any, rows: Mapping[int, Row], sides: Sides) -> str:
    """One side of a change."""
    row = rows[d.key]
    if d.aspect == "schedule":
        rule = rule_of(unsaved(row))
        return in_words(rule) if rule else "—"
    if d.aspect == "standard_due":
        return standard_due_in_words(unsaved(row), sides.labels(rows)) or "—"
    if d.aspect == "parent":
        return f"No.{rows[value]['number']}" if value in rows else "—"
    if d.aspect == "followups":
        return "・".join(f"No.{rows[key]['number']}" if key in rows else str(key) for key in value)
    if value in (None, "", [], {}):
        return _plain_default(d)
    return _words(d, value, sides)


#: Aspects whose value is one of a few words.
CHOICES: dict[str, Any] = {
    "cycle": Cycle,
    "scope": Scope,
    "sharing": Sharing,
    "case_kind": CaseKind,
    "comment_audience": CommentAudience,
}


def _plain_default(d: Difference) -> str:
    """What an empty side reads as; a setting that is not said has its default."""
    if d.aspect == "scope":
        return str(Scope.COMMON.label)
    if d.aspect == "sharing":
        return str(Sharing.ONE.label)
    if d.aspect == "case_kind":
        return str(CaseKind.REQUEST.label)
    if d.aspect == "comment_audience":
        return _("全員")
    if d.aspect in ("is_heading", "is_entry", "is_acknowledged", "needs_choice"):
        return _("いいえ")
    return _("空白") if d.aspect in ("mark", "category", "section", "note", "cycle") else "—"


def _words(d: Difference, value: Any, sides: Sides) -> str:
    if d.aspect == "mark":
        return Mark(value).glyph
    choices = CHOICES.get(d.aspect)
    if choices:
        return str(choices(value).label)
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if d.aspect == "register":
        return str(REGISTERS.get(value, value))
    if d.aspect == "signers":
        return " → ".join(sides.roles.get(s["role"], s["role"]) for s in value)
    if d.aspect == "field":
        return _field(value, other=d.after if value is d.before else d.before)
    if d.aspect == "followup":
        return str(FollowUp.Kind(value["kind"]).label)
    return "・".join(map(str, value)) if isinstance(value, list) else str(value)


def _field(field: Row, other: Row | None) -> str:
    """A field in short, and what of it is not as on the other side."""
    parts = [field["label"], str(FieldKind(field["kind"]).label)]
    if field.get("is_required"):
        parts.append(_("必須"))
    for name in ("choices", "hint", "required_if", "finding", "options", "signer", "is_asked"):
        if other and field.get(name) != other.get(name):
            title = _("記入する署名者") if name == "signer" else DutyField._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            parts.append(f"{title}: {field.get(name) or '—'}")
    return " ".join(parts)
