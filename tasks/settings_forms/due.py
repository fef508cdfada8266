"""The standard due of a duty on demand as a form, for every shape that raci.models.Duty documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from raci.content import Row
from raci.models import FieldKind

from .base import NONE, SettingsForm, WholeField, radio, select
from .ground import Ground, with_current

LEVELS = ("1", "2", "3", "4")
HOURS, DAYS = "hours", "business_days"
#: What each way of setting the due is made of, the first always there.
WAYS: dict[str, tuple[str, ...]] = {
    "none": (),
    "days": ("business_days",),
    "before": ("before", "business_days", "at_least_business_days"),
    "on": ("on",),
    "at_once": ("at_once",),
    "same_day": ("same_day",),
    "after": ("after", "business_days"),
    "by_level": ("by_level", "level", "business_days", "may_skip_level"),
}
KEEP = "keep"
#: The controls of each part.
CONTROLS = {
    "business_days": "days",
    "at_least_business_days": "at_least",
    "before": "date",
    "on": "date",
    "after": "after",
    "level": "level",
    "may_skip_level": "may_skip",
}


def _uses(way: str, control: str) -> bool:
    parts = WAYS.get(way, ())
    is_step = control.startswith(("n", "unit")) and "by_level" in parts
    return is_step or control in {CONTROLS.get(part) for part in parts}


def way_of(due: Mapping[str, Any]) -> str:
    """The way that says all of `due`; KEEP if none does."""
    for way, names in WAYS.items():
        if set(due) <= set(names) and (not names or names[0] in due) and _is_said(due):
            return way
    return KEEP


def _is_said(due: Mapping[str, Any]) -> bool:
    """Whether the values are such as the form can write."""
    whole = all(type(due[n]) is int for n in ("business_days", "at_least_business_days", "after") if n in due)
    marks = all(due[n] is True for n in ("at_once", "same_day") if n in due)
    names = all(isinstance(due[n], str) for n in ("before", "on", "level") if n in due)
    if ("by_level" in due) != ("level" in due) or due.get("may_skip_level", "1") not in LEVELS:
        return False
    steps = due.get("by_level", {})
    return whole and marks and names and all(level in LEVELS and _is_step(s) for level, s in steps.items())


def _is_step(step: Any) -> bool:
    return (
        isinstance(step, dict)
        and len(step) == 1
        and all(unit in (HOURS, DAYS) and type(n) is int for unit, n in step.items())
    )


class DueForm(SettingsForm):
    """A choice of the way, and what that way needs; the rest is not looked at."""

    def __init__(self, ground: Ground, *args: Any, **kwargs: Any) -> None:
        self.due: Row = ground.row.get("standard_due", {})
        super().__init__(*args, initial=_initial(self.due), **kwargs)
        is_kept = way_of(self.due) == KEEP
        ways = _ways() + (
            [(KEEP, _("いまの設定のまま残す(この画面では表せない設定です)"))] if is_kept else []
        )
        dates = ground.named(FieldKind.DATE)
        self.fields["way"] = radio(_("期限の決め方"), ways)
        self.fields["days"] = WholeField(label=_("開庁日の数"), least=0, most=250, required=False)
        self.fields["at_least"] = WholeField(
            label=_("少なくともあける開庁日"), least=0, most=250, required=False,
            help_text=_("起票の日からこの開庁日より前には期限を置きません。"),
        )  # fmt: skip
        day = self.due.get("before") or self.due.get("on")
        self.fields["date"] = select(
            _("もとにする日付の項目"), [NONE, *with_current(dates, day)], required=False
        )
        duties = with_current(ground.duties(), self.due.get("after"))
        self.fields["after"] = select(_("数え始める業務"), [NONE, *duties], required=False)
        levels = with_current(ground.named(FieldKind.CHOICE), self.due.get("level"))
        self.fields["level"] = select(_("レベルを決める項目"), [NONE, *levels], required=False)
        for level in LEVELS:
            self._step(level)
        skips = [(NONE[0], _("対象外にできない")), *((n, _("レベル%(n)s") % {"n": n}) for n in LEVELS)]
        self.fields["may_skip"] = select(_("対象外にできるレベル"), skips, required=False)

    def _step(self, level: str) -> None:
        words = {"n": level}
        self.fields[f"n{level}"] = WholeField(
            label=_("レベル%(n)sの期限") % words, least=1, most=999, required=False
        )
        units = [(HOURS, _("時間")), (DAYS, _("開庁日"))]
        self.fields[f"unit{level}"] = select(_("レベル%(n)sの単位") % words, units, required=False)

    @property
    def steps(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        return [(level, self[f"n{level}"], self[f"unit{level}"]) for level in LEVELS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        needed = {
            "days": ("days", _("開庁日の数を入力してください。")),
            "before": ("date", _("もとにする日付の項目を選んでください。")),
            "on": ("date", _("もとにする日付の項目を選んでください。")),
            "after": ("after", _("数え始める業務を選んでください。")),
            "by_level": ("level", _("レベルを決める項目を選んでください。")),
        }
        way = cleaned.get("way", "")
        self._overlook(way)
        if way in needed and cleaned.get(needed[way][0]) in (None, "") and needed[way][0] not in self.errors:
            self.add_error(*needed[way])
        if way == "after" and cleaned.get("days") is None and "days" not in self.errors:
            self.add_error("days", _("開庁日の数を入力してください。"))
        if way == "by_level" and all(cleaned.get(f"n{level}") is None for level in LEVELS):
            self.add_error("n1", _("レベルごとの期限を一つ以上入力してください。"))
        return cleaned

    def _overlook(self, way: str) -> None:
        """What the chosen way does not use may hold anything."""
        for name in [name for name in self.errors if name != "way" and not _uses(way, name)]:
            del self.errors[name]

    def standard_due(self) -> Row:
        """What was sent, in the form of Duty.standard_due; {} for none."""
        given = self.cleaned_data
        way = given["way"]
        if way == KEEP:
            return self.due
        found: dict[str, Any] = {
            "business_days": given.get("days"),
            "at_least_business_days": given.get("at_least"),
            "before": given.get("date"),
            "on": given.get("date"),
            "at_once": True,
            "same_day": True,
            "after": int(given["after"]) if given.get("after") else None,
            "level": given.get("level"),
            "may_skip_level": given.get("may_skip"),
            "by_level": {
                level: {given.get(f"unit{level}") or HOURS: given[f"n{level}"]}
                for level in LEVELS
                if given.get(f"n{level}") is not None
            },
        }
        return {name: found[name] for name in WAYS[way] if found[name] not in (None, "")}


def _ways() -> list[tuple[str, str]]:
    return [
        ("none", _("決めない — 起票する人が期限を入れます")),
        ("days", _("開庁日で数える — 起票から n 開庁日")),
        ("before", _("日付の前 — 記入された日付の前の開庁日。空欄のときの開庁日の数も決められます")),
        ("on", _("日付の日 — 記入された日付が期限")),
        ("at_once", _("直ちに — 起票と同時に記録する作業")),
        ("same_day", _("当日 — 17:15より後や閉庁日の起票は次の開庁日")),
        ("after", _("ほかの業務から数える — その業務の完了から n 開庁日")),
        ("by_level", _("レベルによる — 障害レベルごとの時間か開庁日")),
    ]


def _initial(due: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "way": way_of(due),
        "days": due.get("business_days"),
        "at_least": due.get("at_least_business_days"),
        "date": due.get("before") or due.get("on") or "",
        "after": str(due.get("after") or ""),
        "level": due.get("level", ""),
        "may_skip": due.get("may_skip_level", ""),
    }
    steps = due.get("by_level", {}) if way_of(due) == "by_level" else {}
    for level, step in steps.items():
        ((found[f"unit{level}"], found[f"n{level}"]),) = step.items()
    return found
