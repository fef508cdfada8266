"""What a difference between two editions changes for the people who work by it, in words. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from raci.comparison import Difference
from raci.content import Row, unsaved
from raci.models import Cycle, Mark, Scope, Sharing
from raci.models.schedule import Anchor

from .recurrence import Rule, rule_of

SCHEDULED = (Cycle.DAILY.value, Cycle.MONTHLY.value, Cycle.YEARLY.value)
#: The role whose people read everything, whatever its marks (oversight).
UNION = "union"


def effect_of(d: Difference, old: Row | None, new: Row | None) -> str:
    """The effect of `d`, of a row that was `old` and is `new`; never empty."""
    if d.kind == "added":
        return _made(new or {}) if not (new or {}).get("is_heading") else _("見出しが増える")
    if d.kind == "retired":
        return _retired(old or {})
    if d.kind == "moved":
        return _("並びだけが変わる")
    assert old is not None and new is not None, "a changed row is on both sides"
    return BY_ASPECT[d.aspect](d, old, new)


def _retired(old: Row) -> str:
    if old.get("is_heading"):
        return _("見出しがなくなる")
    if old["cycle"] in SCHEDULED:
        return _("施行日からの作業は作られず、未着手の作業は取り下げる")
    return _("新しい案件では開かなくなる")


# --- marks ----------------------------------------------------------------------------------------------


def _mark(d: Difference, old: Row, new: Row) -> str:
    words = [_lost_or_won(d, new)]
    if d.before == Mark.MAIN and Mark.MAIN not in new["marks"].values():
        words.insert(0 if d.after else 1, _("閉じられるチームがない"))
    return "。".join(word for word in words if word)


def _lost_or_won(d: Difference, new: Row) -> str:
    daily = new["cycle"] == Cycle.DAILY
    if d.after is None:
        return _("通知されなくなる") if d.part == UNION else _("見えなくなる")
    words = {
        (None, "main"): _("受け持つ。入力し、完了にできる"),
        (None, "support"): _("異常ありを通知。入力できる") if daily else _("開始・完了を通知。入力できる"),
        (None, "related"): _("異常ありを通知。コメントできる") if daily else _("完了を通知。コメントできる"),
        ("main", "support"): _("完了にできなくなる。入力はできる"),
        ("main", "related"): _("入力と完了ができなくなる"),
        ("support", "main"): _("完了にできる"),
        ("support", "related"): _("入力できなくなる"),
        ("related", "main"): _("入力し、完了にできる"),
        ("related", "support"): _("入力できる"),
    }
    return words[d.before, d.after]


# --- when -----------------------------------------------------------------------------------------------


def _cycle(d: Difference, old: Row, new: Row) -> str:
    if d.after in SCHEDULED:
        return _made(new)
    if d.before in SCHEDULED:
        return _("自動では作られなくなる。必要なときに開く")
    return _("作業の開き方は変わらない")


def _made(row: Row) -> str:
    """How tasks of this row come to be."""
    if row["cycle"] not in SCHEDULED:
        return _("必要なときに開く")
    rule = rule_of(unsaved(row))
    if rule is None:
        return _("周期設定を決めるまで、作業は作られない")
    each = row.get("scope") == Scope.EACH
    words = {
        "daily": (_("毎日1件を自動で作成"), _("毎日、団体ごとに1件を自動で作成")),
        "business": (_("開庁日ごとに1件を自動で作成"), _("開庁日ごと、団体ごとに1件を自動で作成")),
        "monthly": (_("毎月1件を自動で作成"), _("毎月、団体ごとに1件を自動で作成")),
        "yearly": (_("毎年1件を自動で作成"), _("毎年、団体ごとに1件を自動で作成")),
    }
    name = "business" if rule.cycle == Cycle.DAILY and rule.days == "business" else rule.cycle
    return words[name][each]


def _schedule(d: Difference, old: Row, new: Row) -> str:
    was, now = rule_of(unsaved(old)), rule_of(unsaved(new))
    if now is None:
        return (
            _("周期設定を決めるまで、作業は作られない")
            if new["cycle"] in SCHEDULED
            else _("期限は起票のときに決まる")
        )
    if was is None or was.cycle != now.cycle:
        return _("未確認。公開後に確かめる")
    return _shifted(was, now) or _("開始と期限の日が変わる")


def _shifted(was: Rule, now: Rule) -> str:
    """By how much the due day moves, where that can be said; else that the opening or the hour changes."""
    if was.due and now.due and (was.due.by, was.due.month) == (now.due.by, now.due.month):
        days = now.due.n - was.due.n
        if days and was.due.n * now.due.n > 0:
            unit = _("日") if now.due.by == Anchor.DAY else _("開庁日")
            words = {"days": abs(days), "unit": unit}
            text = _("期限が%(days)s%(unit)s早まる") if days < 0 else _("期限が%(days)s%(unit)s遅くなる")
            return text % words
    if was.due == now.due and was.opens == now.opens:
        if was.due_time != now.due_time:
            return _("期限の時刻が変わる")
        return _("作業のある日が変わる") if was.days != now.days else _("閉庁日に当たったときの期限が変わる")
    return _("開始の日が変わる") if was.due == now.due else ""


# --- settings -------------------------------------------------------------------------------------------


def _scope(d: Difference, old: Row, new: Row) -> str:
    return _("団体ごとに1件ずつになる") if d.after == Scope.EACH else _("全団体で1件になる")


def _sharing(d: Difference, old: Row, new: Row) -> str:
    words = {
        Sharing.ANY.value: _("引き受けた主担当が完了にする"),
        Sharing.SIGNERS.value: _("署名者が順に署名して完了になる"),
    }
    return words.get(d.after) or _("主担当が完了にする")


def _field(d: Difference, old: Row, new: Row) -> str:
    if d.after is None:
        return _("記入しなくなる")
    needed = d.after.get("is_required")
    if d.before is None:
        return _("完了に必須の項目が増える") if needed else _("記入できる項目が増える")
    if bool(needed) != bool(d.before.get("is_required")):
        return _("完了に必須になる") if needed else _("空欄でも完了にできる")
    return _("記入のしかたが変わる")


def _followup(d: Difference, old: Row, new: Row) -> str:
    if new["cycle"] in SCHEDULED:
        return _("先行待ちの表示が変わる")
    if d.before and d.after:
        return _("後続の開き方が変わる")
    return _("完了のあとに開く作業が増える") if d.after else _("完了しても開かなくなる")


def _switch(on: Callable[[], str], off: Callable[[], str]) -> Callable[[Difference, Row, Row], str]:
    return lambda d, old, new: on() if d.after else off()


def _always(words: Callable[[], str]) -> Callable[[Difference, Row, Row], str]:
    return lambda d, old, new: words()


BY_ASPECT: dict[str, Callable[[Difference, Row, Row], Any]] = {
    "mark": _mark,
    "cycle": _cycle,
    "schedule": _schedule,
    "scope": _scope,
    "sharing": _sharing,
    "field": _field,
    "followup": _followup,
    "number": _always(lambda: _("番号だけが変わる。履歴は続く")),
    **dict.fromkeys(("category", "section", "work", "note"), _always(lambda: _("表記だけが変わる"))),
    "parent": _always(lambda: _("見出しとの関係だけが変わる")),
    "fields": _always(lambda: _("記入する順が変わる")),
    "followups": _always(lambda: _("後続を示す順が変わる")),
    "signers": _always(lambda: _("署名する人と順が変わる")),
    "standard_due": _always(lambda: _("新しい作業の期限の決まり方が変わる")),
    "is_heading": _switch(lambda: _("見出しになり、作業は作られない"), lambda: _("見出しではなく業務になる")),
    "is_entry": _switch(lambda: _("この業務から起票できる"), lambda: _("この業務からは起票できなくなる")),
    "case_kind": _always(lambda: _("新しい案件の種類と番号が変わる")),
    "is_acknowledged": _switch(
        lambda: _("完了したあと、関係団体に確認を求める"), lambda: _("関係団体の確認を求めなくなる")
    ),
    "needs_choice": _switch(lambda: _("完了のときに後続を選ぶ"), lambda: _("後続を選ばずに完了にできる")),
    "comment_audience": _switch(
        lambda: _("コメントのはじめの公開範囲が「内部」になる"),
        lambda: _("コメントのはじめの公開範囲が「全員」になる"),
    ),
    "register": _switch(lambda: _("完了すると台帳に書く"), lambda: _("台帳に書かなくなる")),
}
