"""One field of a duty (記入項目), or one column of its lines: all its settings, and the form with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from raci import words
from raci.content import Row, canonical
from raci.models import DutyField, FieldKind

from . import choices, finding, prefill
from .base import Section, SettingsForm, arranged, changed, numbered, sent
from .choices import ChoiceForm
from .fieldform import FieldForm
from .finding import FindingForm
from .ground import Ground, paths
from .options import OURS, Place, offered
from .prefill import PrefillForm
from .preview import drawn

#: Rows for answers that a field without any begins with.
BLANKS = 2


class FieldSection(Section):
    """`path` is the field's, "" of a new one; `lines` the path of the lines in which a new column stands."""

    slug, title = "field", gettext_lazy("記入項目")
    lead = gettext_lazy("記入する人に何を聞き、どの答えを所見にするかを決めます。")
    template, beside = "tasks/settings/_field.html", "tasks/settings/_field_words.html"

    def __init__(
        self, ground: Ground, data: QueryDict | None = None, act: str = "", *, path: str = "", lines: str = ""
    ) -> None:
        self.path = path
        self.lines = path.rpartition(".")[0] or lines
        super().__init__(ground, data, act)

    def build(self) -> None:
        every = dict(paths(self.ground.row.get("fields", ())))
        self.stored: Row = every.get(self.path, {})
        tops = self.ground.row.get("fields", [])
        beside: Sequence[Row] = every[self.lines].get("columns", []) if self.lines else tops
        kind = self._kind()
        self.place = Place(
            self.ground, kind, [f for f in beside if f is not self.stored], tops if self.lines else ()
        )
        self.is_same_kind = kind == self.stored.get("kind")
        is_quiet = bool(self.act)
        self.form = FieldForm(self.place, self.stored, self.kept, self.data, is_quiet=is_quiet)
        self.choices = self._choices(is_quiet) if self.has_choices else []
        self.finding = self.prefill = None
        if self.has_finding:
            rule = self.stored.get("finding", {}) if self.is_same_kind else {}
            self.finding = FindingForm(self.place, rule, self.data, prefix="find", is_quiet=is_quiet)
        if self.has_prefill:
            rule = self.stored.get("options", {}).get("prefill", {})
            self.prefill = PrefillForm(
                self.ground, self.stored, rule, self.data, prefix="pre", is_quiet=is_quiet
            )

    def _kind(self) -> str:
        sent_kind = self.data.get("kind", "") if self.data is not None else ""
        if sent_kind in FieldKind.values:
            return sent_kind
        return str(self.stored.get("kind", FieldKind.TEXT.value))

    @cached_property
    def kept(self) -> set[str]:
        """Options that this form can't say: they stay as they are."""
        if not self.is_same_kind:
            return set()
        stored = self.stored.get("options", {})
        said = {o.name for o in offered(self.place) if o.name in stored and o.is_said(stored[o.name])}
        if self.place.kind == FieldKind.CHOICE and choices.is_said(self.stored):
            said |= {"skips", "named_by"}
        if self.place.kind == FieldKind.LINES and prefill.is_said(stored.get("prefill")):
            said.add("prefill")
        return set(stored) - said

    @property
    def kept_words(self) -> str:
        return "・".join(sorted(self.kept))

    @property
    def has_choices(self) -> bool:
        return self.place.kind == FieldKind.CHOICE and (not self.is_same_kind or choices.is_said(self.stored))

    @property
    def has_finding(self) -> bool:
        is_said = not self.is_same_kind or finding.is_said(self.stored.get("finding", {}))
        return self.place.kind == FieldKind.NUMBER and is_said

    @property
    def has_prefill(self) -> bool:
        return self.place.kind == FieldKind.LINES and not self.lines and "prefill" not in self.kept

    def _choices(self, is_quiet: bool) -> list[ChoiceForm]:
        if self.data is None or not self.is_same_kind and not numbered(self.data, "c"):
            rows = [*(choices.initial_of(self.stored) if self.is_same_kind else []), *[{}] * BLANKS]
            return [ChoiceForm(self.ground, prefix=f"c-{n}", initial=r) for n, r in enumerate(rows)]
        data = arranged(numbered(self.data, "c"), "c", self.act)
        again = sent(data, "c")
        return [ChoiceForm(self.ground, again, prefix=f"c-{n}", is_quiet=is_quiet) for n in range(len(data))]

    @property
    def blank(self) -> ChoiceForm:
        """The row that paste and 答えを追加 copy."""
        return ChoiceForm(self.ground, prefix="c-__row__")

    @property
    def forms(self) -> list[SettingsForm]:
        return [self.form, *self.choices, *(f for f in (self.finding, self.prefill) if f)]

    def is_valid(self) -> bool:
        if self.data is None or not all(f.is_valid() for f in self.forms if f.is_bound):
            return False
        bound = [f for f in self.choices if f.is_bound]
        choices.check(bound)
        has_answers = any(f.cleaned_data.get("value", "").strip() for f in bound)
        if self.has_choices and not has_answers and not self.form.cleaned_data.get("organizations"):
            self.form.add_error(
                "organizations", _("選択肢を一つ以上書くか、「構成団体から選ぶ」を選んでください。")
            )
        return not any(f.errors for f in self.forms)

    # --- the row --------------------------------------------------------------------------------------

    def field(self) -> Row:
        """The field's row with what was sent."""
        stored = (
            self.stored if self.is_same_kind else {n: v for n, v in self.stored.items() if n != "columns"}
        )
        found: dict[str, Any] = {**stored, "key": self.key, **self.form.plain()}
        before = self.stored.get("options", {})
        options = {n: v for n, v in before.items() if n in self.kept or n not in OURS}
        options |= self.form.option_values()
        if self.has_choices:
            picked = choices.chosen(self.choices, self.stored)
            found |= {"choices": picked["choices"], "finding": picked["finding"]}
            options |= {n: self._kept_order(n, picked[n]) for n in ("skips", "named_by") if picked[n]}
        elif not self.is_same_kind:
            found["choices"] = []
        if self.finding:
            found["finding"] = self.finding.finding()
        elif not self.has_choices and not self.is_same_kind:
            found["finding"] = {}
        if self.prefill and (rule := self.prefill.rule()):
            options["prefill"] = rule
        if self.place.kind == FieldKind.LINES and not found.get("columns"):
            found["columns"] = [{"key": "item_1", "label": _("内容"), "kind": FieldKind.TEXT.value}]
        return found | {"options": options}

    def _kept_order(self, name: str, value: Any) -> Any:
        before = self.stored.get("options", {}).get(name)
        return before if isinstance(before, list) and sorted(before) == sorted(value) else value

    @cached_property
    def key(self) -> str:
        """The stored key; of a new field one that no field of this list has."""
        if self.stored:
            return str(self.stored["key"])
        taken = {f["key"] for f in self.place.beside}
        return next(k for k in (f"item_{n}" for n in range(1, 1000)) if k not in taken)

    def row(self) -> Row:
        return changed(self.ground.row, fields=_placed(self.ground.row.get("fields", []), self))

    # --- beside it ------------------------------------------------------------------------------------

    def context(self) -> dict[str, Any]:
        ground = self.ground.changed(canonical(self.seen()))
        path = f"{self.lines}.{self.key}" if self.lines else self.key
        return {"said": next((s for s in said(ground) if s["path"] == path), None), "drawn": drawn(ground)}

    @property
    def shown_columns(self) -> list[dict[str, Any]]:
        """The columns of stored lines, in words."""
        own = next((s for s in said(self.ground) if s["path"] == self.path), None)
        return own["columns"] if own and self.stored["kind"] == FieldKind.LINES else []


def _placed(fields: Sequence[Row], section: FieldSection) -> list[Row]:
    """`fields` with the section's field in its place, a new one at the end."""
    if section.lines:
        return [
            {**f, "columns": _put(f.get("columns", []), section)} if f["key"] == section.lines else f
            for f in fields
        ]
    return _put(fields, section)


def _put(fields: Sequence[Row], section: FieldSection) -> list[Row]:
    if not section.stored:
        return [*fields, section.field()]
    return [section.field() if f is section.stored else f for f in fields]


def said(ground: Ground) -> list[dict[str, Any]]:
    """Every field of the own duty in words, columns under their lines."""
    found = []
    for top, columns in ground.drawn_fields():
        line = _said(top, top.key, ground)
        line["columns"] = [_said(c, f"{top.key}.{c.key}", ground) for c in columns]
        found += [line, *line["columns"]]
    return found


def _said(field: DutyField, path: str, ground: Ground) -> dict[str, Any]:
    return {
        "field": field,
        "path": path,
        "is_column": "." in path,
        "need": words.need_in_words(field, ground.labels),
        "finding": words.finding_in_words(field, ground.labels),
        "notes": words.options_in_words(field, ground.labels, ground.role_names),
        "columns": [],
    }
