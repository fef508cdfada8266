"""周期設定: when the tasks of a duty open and are due, in words with the next twelve dates beside it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from raci.content import Row, unsaved
from raci.models import Cycle, FollowUp, Schedule, Scope
from raci.models.schedule import Anchor, Move
from tasks.foresight import Neighbour, cautions, foreseen
from tasks.models import Task
from tasks.recurrence import Rule, in_words, month_in_words, month_of_year_in_words, rule_of
from tasks.words import period_short

from .base import ClockField, Section, SettingsForm, WholeField, changed, radio, select
from .ground import Ground

#: How a day is counted in its month: `end` is a business day counted from the end, stored as -n.
BD, END, DAY = Anchor.BUSINESS_DAY.value, "end", Anchor.DAY.value
HOWS: list[tuple[str, Any]] = [
    (BD, gettext_lazy("第 n 開庁日")),
    (END, gettext_lazy("月末から数えて n 番目の開庁日(1 = 最終開庁日)")),
    (DAY, gettext_lazy("n 日")),
]
PARTS = ("opens", "due")
SCHEDULED = (Cycle.DAILY.value, Cycle.MONTHLY.value, Cycle.YEARLY.value)


def month_choices(cycle: str) -> list[Any]:
    """Months counted from the period's first, in words: 前月; of a year by the fiscal year they are in."""
    if cycle == Cycle.MONTHLY:
        return [(str(n), month_in_words(n)) for n in range(-3, 4)]
    years = ((-1, _("前年度")), (0, _("当年度")), (1, _("翌年度")))
    return [
        (name, [(str(n), month_of_year_in_words(n)) for n in range(12 * y, 12 * y + 12)]) for y, name in years
    ]


class ScheduleForm(SettingsForm):
    """Of a daily duty the days, else opening and due day; the time of day of all."""

    def __init__(self, cycle: str, rule: Row, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(rule), **kwargs)
        self.cycle = cycle
        if cycle == Cycle.DAILY:
            named = {"business": _("開庁日だけ"), "every": _("毎日(閉庁日も)")}
            days = [(d, named[d]) for d in Schedule.Days.values]
            self.fields["days"] = radio(_("作業がある日"), days)
        else:
            for part, words in (("opens", _("開始")), ("due", _("期限"))):
                self._point(part, words, rule)
            moves = [
                (Move.PREVIOUS.value, _("前の開庁日に早める(前倒し)")),
                (Move.NEXT.value, _("次の開庁日に延ばす(後ろ倒し)")),
                (Move.AS_IS.value, _("閉庁日のまま期限にする")),
            ]
            help_text = _(
                "期限を「n 日」で決めたときに使います。開始の日が閉庁日なら、いつも次の開庁日に開きます。"
            )
            self.fields["due_move"] = radio(_("期限が閉庁日に当たるとき"), moves, help_text=help_text)
        self.fields["due_time"] = ClockField(
            label=_("期限の時刻"),
            help_text=_("この時刻を過ぎると期限超過になります。例 17:15"),
            error_messages={"required": _("時刻を入力してください。")},
        )
        self.fields["due_time"].widget.attrs = {"class": "in-n", "autocomplete": "off"}

    def _point(self, part: str, words: str, rule: Row) -> None:
        month = rule.get(f"{part}_month", 0)
        choices = month_choices(self.cycle)
        if self.cycle == Cycle.MONTHLY and not -3 <= month <= 3:
            choices = [*choices, (str(month), month_in_words(month))]
        elif self.cycle == Cycle.YEARLY and not -12 <= month < 24:
            choices = [*choices, (str(month), month_of_year_in_words(month))]
        self.fields[f"{part}_month"] = select(_("%(which)sの月") % {"which": words}, choices)
        self.fields[f"{part}_how"] = select(_("%(which)sの数え方") % {"which": words}, HOWS)
        self.fields[f"{part}_n"] = WholeField(
            label=_("%(which)sの n") % {"which": words}, least=1, most=31,
            error_messages={"required": _("数字を入力してください。")},
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for part in PARTS:
            how, n = cleaned.get(f"{part}_how"), cleaned.get(f"{part}_n")
            if how in (BD, END) and n is not None and n > 23:
                self.add_error(f"{part}_n", _("開庁日は1から23までで入力してください。"))
        return cleaned

    def rule(self, rule: Row) -> Row:
        """`rule` with what was sent; what this form does not show stays."""
        given = self.cleaned_data
        if self.cycle == Cycle.DAILY:
            return rule | {"days": given["days"], "due_time": given["due_time"]}
        found = rule | {"due_move": given["due_move"], "due_time": given["due_time"]}
        for part in PARTS:
            how, n = given[f"{part}_how"], given[f"{part}_n"]
            found[f"{part}_by"] = DAY if how == DAY else BD
            found[f"{part}_n"] = -n if how == END else n
            found[f"{part}_month"] = int(given[f"{part}_month"])
        return found


def _initial(rule: Row) -> dict[str, Any]:
    found = {
        "days": rule.get("days", Schedule.Days.BUSINESS.value),
        "due_move": rule.get("due_move", Move.PREVIOUS.value),
        "due_time": rule.get("due_time", "17:15"),
    }
    for part in PARTS:
        by, n = rule.get(f"{part}_by", ""), rule.get(f"{part}_n")
        found[f"{part}_how"] = END if by == BD and n is not None and n < 0 else by or BD
        found[f"{part}_n"] = abs(n) if n is not None else None
        found[f"{part}_month"] = str(rule.get(f"{part}_month", 0))
    return found


class ScheduleSection(Section):
    slug, title = "schedule", gettext_lazy("周期設定")
    lead = gettext_lazy(
        "作業がいつ開き、いつまでに終えるかを決めます。決めたことの文と次の12回が並んで出ます。"
    )
    template, beside = "tasks/settings/_schedule.html", "tasks/settings/_dates.html"

    def build(self) -> None:
        self.cycle = self.ground.row["cycle"]
        stored = self.ground.row.get("schedule")
        self.form = ScheduleForm(self.cycle, stored or {}, self.data) if self.cycle in SCHEDULED else None

    @property
    def forms(self) -> list[SettingsForm]:
        return [self.form] if self.form else []

    def is_valid(self) -> bool:
        return self.form is not None and super().is_valid()

    def row(self) -> Row:
        assert self.form is not None, "there is a form if it is valid"
        return changed(self.ground.row, schedule=self.form.rule(self.ground.row.get("schedule") or {}))

    def context(self) -> dict[str, Any]:
        is_typed = self.is_valid()
        row = self.row() if is_typed else self.ground.row
        duty = unsaved(row)
        rule, today = rule_of(duty), self.ground.today
        if rule is None:
            return {"rule": "", "is_typed": is_typed}
        return {
            "rule": in_words(rule),
            "is_typed": is_typed or self.data is None,
            "coming": [
                (f, period_short(Task(duty=duty, period_on=f.occurrence.period_on), today))
                for f in foreseen(rule, self.ground.calendar, today)
            ],
            "cautions": cautions(rule, self.ground.calendar, today, neighbours(self.ground)),
            "is_each": duty.scope == Scope.EACH,
            "today": today,
        }


def neighbours(ground: Ground) -> list[Neighbour]:
    """The scheduled duties before and after the own one along automatic edges."""
    found = []
    for row in ground.rows:
        for edge in row.get("followups", ()):
            if edge["kind"] != FollowUp.Kind.AUTO or row["key"] == edge["target"]:
                continue
            if row["key"] == ground.key and (other := ground.by_key.get(edge["target"])):
                found += _neighbour(other, is_after=True)
            elif edge["target"] == ground.key:
                found += _neighbour(row, is_after=False)
    return found


def _neighbour(row: Row, *, is_after: bool) -> list[Neighbour]:
    rule: Rule | None = rule_of(unsaved(row))
    return [Neighbour(row["number"], rule, is_after)] if rule else []
