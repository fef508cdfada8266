"""What keeps rows from being stored as an edition. Pure. What is merely unwise is lint."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from .content import Row
from .models import CaseKind, CommentAudience, Cycle, FieldKind, FollowUp, Mark, Scope, Sharing
from .models.schedule import Anchor, Move, Schedule

LENGTHS = {"category": 100, "section": 100, "work": 200, "note": 200}
LABEL, HINT = 100, 200
#: Rows of one edition, fields of one duty; more is a slip.
MOST_ROWS, MOST_FIELDS = 1000, 100
SCHEDULED = (Cycle.DAILY.value, Cycle.MONTHLY.value, Cycle.YEARLY.value)
SLUG = re.compile(r"[-a-zA-Z0-9_]+\Z")


def faults(rows: Sequence[Row], roles: Collection[str]) -> dict[str, str]:
    """Sentences by "<key>.<aspect>"; {} if the rows (canonical, with keys) can be stored."""
    if len(rows) > MOST_ROWS:
        return {"": _("分担表は%(most)s行までです。") % {"most": MOST_ROWS}}
    found: dict[str, str] = {}
    keys, numbers = [r["key"] for r in rows], [r["number"] for r in rows]
    headings = {r["key"] for r in rows if r.get("is_heading")}
    for row in rows:
        at = row["key"]
        if keys.count(at) > 1:
            found[f"{at}.key"] = _("業務キー %(key)s の行が二つあります。") % {"key": at}
        for aspect, sentence in _of_row(row, numbers, headings, roles):
            words = _("No.%(number)s %(sentence)s") % {"number": row["number"], "sentence": sentence}
            found.setdefault(f"{at}.{aspect}", words)
    return found


def _of_row(
    row: Row, numbers: Sequence[Any], headings: Collection[int], roles: Collection[str]
) -> Iterator[tuple[str, str]]:
    number = row["number"]
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 10_000:
        yield "number", _("No. は1から9999までの数字にしてください。")
    elif numbers.count(number) > 1:
        yield "number", _("No. が重なっています。")
    if not str(row["work"]).strip():
        yield "work", _("作業内容を入力してください。")
    for name, most in LENGTHS.items():
        if len(row[name]) > most:
            yield name, _("%(most)s文字までにしてください。") % {"most": most}
    if row["cycle"] not in ("", *Cycle.values):
        yield "cycle", _("周期は 日次・月次・年次・随時・適宜 のどれかにしてください。")
    for role, mark in row["marks"].items():
        if role not in roles:
            yield f"marks.{role}", _("役割「%(role)s」がありません。") % {"role": role}
        elif mark not in Mark.values:
            yield f"marks.{role}", _("担当区分は ◎ ○ △ か空白にしてください。")
    if "parent" in row and (row["parent"] not in headings or row["parent"] == row["key"]):
        yield "parent", _("見出し行が見つかりません。")
    if row.get("parent") is not None and row.get("is_heading"):
        yield "parent", _("見出し行を別の見出し行の下には置けません。")
    if row.get("scope", Scope.COMMON) not in Scope.values:
        yield "scope", _("範囲は 共通 か 構成団体ごと にしてください。")
    if row.get("sharing", Sharing.ONE) not in Sharing.values:
        yield "sharing", _("主担当の分け方を選んでください。")
    if row.get("case_kind", CaseKind.REQUEST) not in CaseKind.values:
        yield "case_kind", _("案件の種類を選んでください。")
    if row.get("comment_audience", "") not in ("", *CommentAudience.values):
        yield "comment_audience", _("コメントの公開範囲を選んでください。")
    yield from _of_schedule(row)
    yield from _of_fields(row, roles)
    yield from _of_people(row, roles)


def _of_schedule(row: Row) -> Iterator[tuple[str, str]]:
    rule = row.get("schedule")
    if rule is None:
        return
    if row["cycle"] not in SCHEDULED:
        yield "schedule", _("周期設定は 日次・月次・年次 の作業だけにあります。")
        return
    days, move = rule.get("days", Schedule.Days.BUSINESS), rule.get("due_move", Move.PREVIOUS)
    if days not in Schedule.Days.values or move not in Move.values:
        yield "schedule", _("周期設定を読めません。")
    if not _is_time(rule.get("due_time", "17:15")):
        yield "schedule", _("期限の時刻は 17:15 のように書いてください。")
    if row["cycle"] == Cycle.DAILY:
        return
    for name, words in (("opens", _("開始")), ("due", _("期限"))):
        by, n, month = rule.get(f"{name}_by"), rule.get(f"{name}_n"), rule.get(f"{name}_month", 0)
        if by not in Anchor.values or not _is_whole(n) or not _is_whole(month) or abs(month) > 24:
            yield "schedule", _("%(which)sの日を決めてください。") % {"which": words}
        elif (by == Anchor.DAY and not 1 <= n <= 31) or (by == Anchor.BUSINESS_DAY and not 1 <= abs(n) <= 23):
            yield (
                "schedule",
                _("%(which)sの日は、1〜31日か、第1〜第23開庁日(末からなら-1〜-23)です。") % {"which": words},
            )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_time(value: Any) -> bool:
    try:
        return isinstance(value, time) or bool(time.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _of_fields(row: Row, roles: Collection[str]) -> Iterator[tuple[str, str]]:
    fields = row.get("fields", [])
    if len(fields) > MOST_FIELDS:
        yield "fields", _("記入項目は%(most)s個までです。") % {"most": MOST_FIELDS}
        return
    yield from _of_siblings(fields, "fields", roles)
    for field in fields:
        columns = field.get("columns", [])
        if field.get("kind") == FieldKind.LINES and not columns:
            yield "fields", _("明細「%(label)s」に列がありません。") % {"label": field.get("label")}
        if field.get("kind") != FieldKind.LINES and columns:
            yield (
                "fields",
                _("「%(label)s」は明細ではないので列を持てません。") % {"label": field.get("label")},
            )
        if any(c.get("kind") in (FieldKind.LINES, FieldKind.FILE) for c in columns):
            yield (
                "fields",
                _("明細「%(label)s」の列に、明細とファイルは置けません。") % {"label": field.get("label")},
            )
        yield from _of_siblings(columns, "fields", roles)


def _of_siblings(fields: Sequence[Row], aspect: str, roles: Collection[str]) -> Iterator[tuple[str, str]]:
    keys = [f.get("key") for f in fields]
    for field in fields:
        label = field.get("label") or field.get("key") or ""
        if not str(field.get("label", "")).strip() or len(field["label"]) > LABEL:
            yield aspect, _("記入項目に名前を付けてください(%(most)s文字まで)。") % {"most": LABEL}
        if len(field.get("hint", "")) > HINT:
            yield aspect, _("「%(label)s」の説明が長すぎます。") % {"label": label}
        key = field.get("key")
        if not isinstance(key, str) or not SLUG.match(key) or len(key) > 40:
            yield (
                aspect,
                _("「%(label)s」の項目キーは半角の英数字と _ - で40文字までです。") % {"label": label},
            )
        elif keys.count(key) > 1:
            yield aspect, _("項目キー「%(key)s」が重なっています。") % {"key": key}
        if field.get("kind") not in FieldKind.values:
            yield aspect, _("「%(label)s」の種類を選んでください。") % {"label": label}
        has_choices = field.get("choices") or field.get("options", {}).get("organizations")
        if field.get("kind") == FieldKind.CHOICE and not has_choices:
            yield aspect, _("「%(label)s」に選択肢がありません。") % {"label": label}
        if field.get("signer") and field["signer"] not in roles:
            yield aspect, _("役割「%(role)s」がありません。") % {"role": field["signer"]}


def _of_people(row: Row, roles: Collection[str]) -> Iterator[tuple[str, str]]:
    signers = row.get("signers", [])
    if any(s.get("role") not in roles for s in signers):
        yield "signers", _("署名者の役割を選んでください。")
    if (row.get("sharing") == Sharing.SIGNERS) != bool(signers):
        yield "signers", _("「順に署名」のときだけ、署名者を決めてください。")
    edges = row.get("followups", [])
    if any(f.get("kind") not in FollowUp.Kind.values or not _is_whole(f.get("target")) for f in edges):
        yield "followups", _("後続作業を選んでください。")
    pairs = [(f.get("target"), f.get("kind")) for f in edges]
    if len(set(pairs)) < len(pairs):
        yield "followups", _("同じ後続作業が二つあります。")
