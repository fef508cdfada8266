"""All settings of a duty in words, section by section, for the page from which they are changed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from raci.models import Signer
from raci.words import REGISTERS, sharing_in_words, standard_due_in_words
from tasks.recurrence import in_words, rule_of

from .field import said
from .followups import overview as edges
from .ground import Ground


def overview(ground: Ground) -> list[dict[str, Any]]:
    """Title, address and lines (name, words) of each section that the row has."""
    heading = {"slug": "heading", "title": _("見出し"), "lines": _heading(ground)}
    if ground.row.get("is_heading"):
        return [heading]
    return [
        {"slug": "schedule", "title": _("周期設定"), "lines": _schedule(ground)},
        {"slug": "sharing", "title": _("範囲・分け方"), "lines": _sharing(ground)},
        {"slug": "raising", "title": _("起票・確認"), "lines": _raising(ground)},
        {"slug": "fields", "title": _("記入項目"), "lines": _fields(ground)},
        {"slug": "followups", "title": _("後続作業"), "lines": _edges(ground)},
        heading,
    ]


Lines = list[tuple[str, str]]


def _schedule(ground: Ground) -> Lines:
    rule = rule_of(ground.duty)
    cycle = ground.duty.get_cycle_display() or _("空白")
    if rule:
        return [(_("周期"), cycle), (_("規則"), in_words(rule))]
    is_missing = ground.row["cycle"] in ("daily", "monthly", "yearly")
    words = _("まだ決まっていません。作業は作られません") if is_missing else _("必要なときに始まります")
    return [(_("周期"), cycle), (_("規則"), words)]


def _sharing(ground: Ground) -> Lines:
    duty = ground.duty
    signers = [
        Signer(role=ground.roles[s["role"]], is_approver=s.get("is_approver", False))
        for s in ground.row.get("signers", ())
        if s["role"] in ground.roles
    ]
    return [
        (_("◎ の役割"), "・".join(ground.mains) or _("なし")),
        (_("範囲"), str(duty.get_scope_display())),
        (_("完了"), sharing_in_words(duty, signers)),
    ]


def _raising(ground: Ground) -> Lines:
    duty = ground.duty
    start = _("前の作業から開始")
    if "schedule" in ground.row:
        start = _("周期設定により自動で作成")
    elif duty.is_entry:
        start = _("主担当・支援担当が起票")
    due = standard_due_in_words(duty, ground.labels)
    return [
        (_("起票"), start),
        *([(_("標準の期限"), due)] if due else []),
        (_("確認"), _("構成団体の確認を求める") if duty.is_acknowledged else _("求めない")),
        *([(_("後続の選択"), _("完了のときに一つ以上選ぶ"))] if duty.needs_choice else []),
        *([(_("台帳"), str(REGISTERS.get(duty.register, duty.register)))] if duty.register else []),
        *(
            [(_("コメント"), _("%(audience)sから始まる") % {"audience": duty.get_comment_audience_display()})]
            if duty.comment_audience
            else []
        ),
    ]


def _fields(ground: Ground) -> Lines:
    found = []
    for line in said(ground):
        parts = [str(line["field"].get_kind_display()), line["need"]]
        if line["finding"]:
            parts.append(_("所見 %(finding)s") % {"finding": line["finding"]})
        label = line["field"].label
        found.append((f"› {label}" if line["is_column"] else label, "、".join(parts)))
    return found or [(_("項目"), _("記入項目はありません"))]


def _edges(ground: Ground) -> Lines:
    found = edges(ground)
    lines = []
    for title, rows in ((_("この業務の前"), found["before"]), (_("この業務の後"), found["after"])):
        for n, line in enumerate(rows):
            name = ground.name(line["key"] if rows is found["after"] else line["other"]["key"])
            words = "、".join(p for p in (name, str(line["kind"]), line["condition"]) if p)
            lines.append(("" if n else title, words))
    return lines or [(_("後続"), _("ありません"))]


def _heading(ground: Ground) -> Lines:
    if ground.row.get("is_heading"):
        return [(_("見出し"), _("この行は見出しです。作業は作られません"))]
    parent = ground.row.get("parent")
    return [(_("見出し"), ground.name(parent) if parent else _("見出しの下にありません"))]
