"""後続作業: what this duty leads to, how, and for which answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from raci.content import Row, unsaved
from raci.models import FieldKind, FollowUp
from raci.words import condition_in_words
from tasks.recurrence import rule_of

from .answers import answer_choices, boxes, condition_of, is_said
from .base import NONE, Section, SettingsForm, arranged, changed, many, numbered, radio, select, sent
from .ground import Ground, with_current

ALWAYS, ANSWERS, LESS, KEEP = "always", "answers", "less", "keep"


def when_of(condition: Row) -> str:
    """How the form says the condition."""
    if not condition:
        return ALWAYS
    if is_said(condition) and len(condition) == 1:
        return ANSWERS
    ((_key, value), *more) = condition.items()
    is_less = not more and isinstance(value, dict) and set(value) == {"lt"} and isinstance(value["lt"], str)
    return LESS if is_less else KEEP


class EdgeForm(SettingsForm):
    """One edge. The stored condition is that of the edge to the same target, if there was one."""

    def __init__(self, ground: Ground, edge: Row, *args: Any, **kwargs: Any) -> None:
        self.stored: Row = edge.get("condition", {})
        super().__init__(*args, initial=_initial(edge), **kwargs)
        fields = ground.row.get("fields", [])
        target = edge.get("target")
        self.fields["target"] = select(_("後続の業務"), [NONE, *with_current(ground.duties(), target)])
        self.fields["kind"] = radio(_("始まり方"), _kinds())
        self.when = when_of(self.stored)
        self.fields["when"] = radio(_("条件"), _whens(is_kept=self.when == KEEP))
        said = self.stored if self.when == ANSWERS else {}
        self.fields["answers"] = many(_("この答えのとき"), answer_choices(fields, said))
        less = self.stored if self.when == LESS else {}
        own = [(f["key"], f["label"]) for f in fields if f["kind"] == FieldKind.NUMBER]
        left, right = next(iter(less.items()), ("", {"lt": ""}))
        self.fields["less"] = select(_("この数が"), [NONE, *with_current(own, left)], required=False)
        self.fields["than"] = select(
            _("この数より少ない間"),
            [NONE, *with_current(ground.named(FieldKind.NUMBER), right["lt"])],
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        when = cleaned.get("when")
        if when == ANSWERS:
            keys = {box.partition("=")[0] for box in cleaned.get("answers", ())}
            if not keys:
                self.add_error("answers", _("どの答えのときかを選んでください。"))
            elif len(keys) > 1:
                self.add_error("answers", _("一つの項目の答えだけを選んでください。"))
        if when == LESS and not (cleaned.get("less") and cleaned.get("than")):
            self.add_error("less", _("比べる二つの数を選んでください。"))
        if cleaned.get("kind") == FollowUp.Kind.CONFIRMING and when == ALWAYS:
            self.add_error("when", _("確認の作業には、やり直しになる答え(NG など)を決めてください。"))
        return cleaned

    def edge(self) -> Row:
        given = self.cleaned_data
        condition = {
            ALWAYS: dict,
            ANSWERS: lambda: condition_of(given["answers"], self.stored),
            LESS: lambda: {given["less"]: {"lt": given["than"]}},
            KEEP: lambda: self.stored,
        }[given["when"]]()
        edge = {"target": int(given["target"]), "kind": given["kind"]}
        return edge | ({"condition": condition} if condition else {})


def _initial(edge: Row) -> dict[str, Any]:
    condition = edge.get("condition", {})
    when = when_of(condition)
    found = {
        "target": str(edge.get("target", "")),
        "kind": edge.get("kind", FollowUp.Kind.AUTO.value),
        "when": when,
        "answers": boxes(condition) if when == ANSWERS else [],
    }
    if when == LESS:
        ((found["less"], limit),) = condition.items()
        found["than"] = limit["lt"]
    return found


def _kinds() -> list[tuple[str, str]]:
    words = {
        FollowUp.Kind.AUTO: _(
            "自動 — 完了か対象外で始まります。定期の業務どうしでは、先行待ちの表示だけです"
        ),
        FollowUp.Kind.CHOSEN: _("選択 — 完了にする人が選んだときに始まります"),
        FollowUp.Kind.LINKED: _("別の案件 — 別の案件を開くか、続けます。この案件も進みます"),
        FollowUp.Kind.CONFIRMING: _("確認 — この業務がその作業の結果を確認し、下の答えでやり直しになります"),
    }
    return [(kind.value, words[kind]) for kind in FollowUp.Kind]


def _whens(*, is_kept: bool) -> list[tuple[str, str]]:
    found = [(ALWAYS, _("いつも")), (ANSWERS, _("選んだ答えのとき")), (LESS, _("数が少ない間"))]
    return [*found, *([(KEEP, _("いまの条件のまま残す(この画面では表せません)"))] if is_kept else [])]


class FollowUpsSection(Section):
    slug, title = "followups", gettext_lazy("後続作業")
    lead = gettext_lazy(
        "この業務が終わったあとに始まる業務を決めます。案件は、開いている作業がなくなると自動で閉じます。"
    )
    template, beside = "tasks/settings/_followups.html", "tasks/settings/_edges.html"

    def build(self) -> None:
        edges = self.ground.row.get("followups", [])
        if self.data is None:
            self.edges = [EdgeForm(self.ground, e, prefix=f"e-{n}") for n, e in enumerate(edges)]
            return
        rows = arranged(numbered(self.data, "e"), "e", self.act)
        again, is_quiet = sent(rows, "e"), bool(self.act)
        self.edges = [
            EdgeForm(self.ground, _stored(edges, row), again, prefix=f"e-{n}", is_quiet=is_quiet)
            for n, row in enumerate(rows)
        ]

    @property
    def forms(self) -> list[SettingsForm]:
        return list(self.edges)

    def is_valid(self) -> bool:
        if self.data is None or not all(form.is_valid() for form in self.forms):
            return False
        seen: set[Any] = set()
        for form in self.edges:
            edge = form.edge()
            if (pair := (edge["target"], edge["kind"])) in seen:
                form.add_error("target", _("同じ後続作業が二つあります。"))
            seen.add(pair)
        return not any(form.errors for form in self.edges)

    def row(self) -> Row:
        return changed(self.ground.row, followups=[form.edge() for form in self.edges] or None)

    def context(self) -> dict[str, Any]:
        return overview(self.ground.changed(self.seen()))


def _stored(edges: list[Row], sent_row: dict[str, list[str]]) -> Row:
    """The stored edge that a sent row was made from: of its target and kind, else of its target."""
    target, kind = (sent_row.get(name, [""])[0] for name in ("target", "kind"))
    same = [e for e in edges if str(e["target"]) == target]
    return next((e for e in same if e["kind"] == kind), same[0] if same else {})


def overview(ground: Ground) -> dict[str, Any]:
    """The edges to and from the own duty, each with its words."""
    before, after = [], []
    for row in ground.rows:
        for edge in row.get("followups", ()):
            if row["key"] == ground.key:
                after.append(_line(edge, row, ground.by_key.get(edge["target"]), ground))
            elif edge["target"] == ground.key:
                before.append(_line(edge, row, row, ground))
    return {"before": before, "after": after, "number": ground.row["number"], "edition": ground.edition}


def _line(edge: Row, row: Row, other: Row | None, ground: Ground) -> dict[str, Any]:
    condition = edge.get("condition", {})
    model = FollowUp(duty=unsaved(row), target_key=edge["target"], kind=edge["kind"], condition=condition)
    is_timed = edge["kind"] == FollowUp.Kind.AUTO and other is not None and rule_of(unsaved(other))
    return {
        "other": other,
        "key": edge["target"],
        "kind": _("周期どおり") if is_timed else model.get_kind_display(),
        "condition": condition_in_words(model, ground.labels),
    }
