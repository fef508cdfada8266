"""What settings name in other places of the edition, and whether it is there. Pure: rows in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .content import Row
from .models import FieldKind, FollowUp, Sharing

#: Rules that name a field beside their own, with the kind that the named field must have.
BESIDE = {"not_before": FieldKind.DATE, "instead_of": FieldKind.LINES}


@dataclass(frozen=True)
class Broken:
    """One setting that names what is not there. `aspect` as in raci.comparison, `part` the field's path."""

    key: int
    aspect: str
    part: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def broken(rows: Sequence[Row]) -> list[Broken]:
    """Settings of `rows` that can't hold, in the order of the rows; a draft may have some."""
    by_key = {row["key"]: row for row in rows}
    return [Broken(row["key"], *found) for row in rows for found in _of_row(row, by_key)]


def newly_broken(old: Sequence[Row], new: Sequence[Row]) -> list[Broken]:
    """What `new` breaks that was whole in `old`: a person mends what they touched, not what was so before."""
    before = set(broken(old))
    return [b for b in broken(new) if b not in before]


Found = tuple[str, str, str]  # aspect, part, sentence


def _of_row(row: Row, rows: Mapping[int, Row]) -> Iterator[Found]:
    tops = row.get("fields", [])
    for field in tops:
        yield from _of_field(field, field["key"], tops, [], row, rows)
        for column in field.get("columns", ()):
            yield from _of_field(column, f"{field['key']}.{column['key']}", field["columns"], tops, row, rows)
    yield from _of_signers(row)
    yield from _of_due(row, rows)
    yield from _of_edges(row, rows)


def field_named(
    name: str, row: Row, rows: Mapping[int, Row], beside: Iterable[Row] = (), outer: Iterable[Row] = ()
) -> Row | None:
    """The field that `name` means: a sibling, a field of the duty, or `<duty key>.<key>` of another."""
    number, _dot, key = name.rpartition(".")
    if number:
        other = rows.get(int(number)) if number.isdigit() else None
        return _by_key(other.get("fields", ()) if other else (), key)
    return _by_key([*beside, *outer] or row.get("fields", ()), name)


def _by_key(fields: Iterable[Row], key: str) -> Row | None:
    return next((f for f in fields if f["key"] == key), None)


def _of_field(
    field: Row, path: str, beside: Sequence[Row], outer: Sequence[Row], row: Row, rows: Mapping[int, Row]
) -> Iterator[Found]:
    def wrong(sentence: str, **words: Any) -> Found:
        return "fields", path, _("「%(label)s」: ") % {"label": field.get("label", "")} + sentence % words

    def find(name: str) -> Row | None:
        return field_named(name, row, rows, beside, outer)

    for name, values in field.get("required_if", {}).items():
        yield from (wrong(s) for s in _of_answers(name, values, find(name)))
    finding = field.get("finding", {})
    own = choices_of(field)
    for name in (finding[n] for n in ("ne", "over_percent_of") if n in finding):
        if (other := find(name)) is None or other["kind"] != FieldKind.NUMBER:
            yield wrong(_("所見で比べる数値の項目「%(name)s」がありません。"), name=name)
    for value in (*finding.get("in", ()), *field.get("options", {}).get("skips", ())):
        if value not in own:
            yield wrong(_("「%(value)s」は選択肢にありません。"), value=value)
    options = field.get("options", {})
    for value in options.get("named_by", {}):
        if value not in own:
            yield wrong(_("「%(value)s」は選択肢にありません。"), value=value)
    for option, kind in BESIDE.items():
        if option in options and ((other := find(options[option])) is None or other["kind"] != kind):
            yield wrong(_("%(kind)sの項目「%(name)s」がありません。"), kind=kind.label, name=options[option])
    for name in options.get("sum_of", ()):
        if (other := find(name)) is None or other["kind"] != FieldKind.NUMBER:
            yield wrong(_("合計する数値の項目「%(name)s」がありません。"), name=name)
    if "shows" in options and options["shows"] not in rows:
        yield wrong(_("並べて表示する業務がありません。"))
    yield from (wrong(s) for s in _of_prefill(field, rows))


def _of_prefill(field: Row, rows: Mapping[int, Row]) -> Iterator[str]:
    rule = field.get("options", {}).get("prefill")
    if not rule:
        return
    other = rows.get(rule["key"])
    lines = _by_key(other.get("fields", ()) if other else (), rule["field"])
    if lines is None or lines["kind"] != FieldKind.LINES:
        yield _("写してくる明細がありません。")
        return
    there = {c["key"] for c in lines.get("columns", ())} & {c["key"] for c in field.get("columns", ())}
    if missing := [c for c in rule["columns"] if c not in there]:
        yield _("列「%(columns)s」が両方の明細にありません。") % {"columns": "・".join(missing)}
    if "settled_by" in rule and rule["settled_by"] not in rows:
        yield _("明細を写すのを待つ業務がありません。")


def choices_of(field: Row) -> list[str]:
    return [c["value"] if isinstance(c, dict) else c for c in field.get("choices", ())]


def _of_answers(name: str, values: Any, other: Row | None) -> Iterator[str]:
    """A condition on answers: the field is there, and so are its choices."""
    if other is None:
        yield _("条件にした項目「%(name)s」がありません。") % {"name": name}
        return
    own = choices_of(other)
    missing = [str(v) for v in values if v not in own] if own and isinstance(values, list) else []
    if missing:
        words = {"label": other["label"], "values": "・".join(missing)}
        yield _("「%(label)s」に選択肢「%(values)s」がありません。") % words


def _of_signers(row: Row) -> Iterator[Found]:
    if row.get("sharing") != Sharing.SIGNERS:
        signers: set[str] = set()
    else:
        signers = {s["role"] for s in row.get("signers", ())}
    for field in row.get("fields", ()):
        if field.get("signer") and field["signer"] not in signers:
            yield (
                "signers",
                field["key"],
                _("記入項目「%(label)s」は署名者が記入する項目ですが、その署名者がいません。")
                % {"label": field["label"]},
            )


def _of_due(row: Row, rows: Mapping[int, Row]) -> Iterator[Found]:
    due = row.get("standard_due", {})
    for name, kind in (("before", FieldKind.DATE), ("on", FieldKind.DATE), ("level", FieldKind.CHOICE)):
        if name in due and ((other := field_named(due[name], row, rows)) is None or other["kind"] != kind):
            yield (
                "standard_due",
                name,
                _("標準の期限に使う項目「%(name)s」がありません。") % {"name": due[name]},
            )
    if "after" in due and due["after"] not in rows:
        yield "standard_due", "after", _("標準の期限を数え始める業務がありません。")


def _of_edges(row: Row, rows: Mapping[int, Row]) -> Iterator[Found]:
    edges = row.get("followups", ())
    for edge in edges:
        target = rows.get(edge["target"])
        part = str(edge["target"])
        if target is None:
            yield "followups", part, _("後続の業務が分担表にありません。")
        elif target.get("is_heading"):
            yield "followups", part, _("見出し行は後続にできません。")
        condition = edge.get("condition", {})
        if edge["kind"] == FollowUp.Kind.CONFIRMING and not condition:
            yield "followups", part, _("確認の作業には、やり直しになる答えを決めてください。")
        for name, values in condition.items():
            yield from (
                ("followups", part, s) for s in _of_answers(name, values, field_named(name, row, rows))
            )
            if isinstance(values, dict) and field_named(str(values.get("lt")), row, rows) is None:
                yield "followups", part, _("比べる数値の項目がありません。")
    if row.get("needs_choice") and not any(e["kind"] == FollowUp.Kind.CHOSEN for e in edges):
        yield (
            "needs_choice",
            "",
            _("「後続の選択が必要」なのに、選べる後続作業がありません。だれも完了にできなくなります。"),
        )
