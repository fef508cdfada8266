"""The part of a field's form that every kind has, and the options of its kind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from raci.content import Row
from raci.models import FieldKind
from raci.soundness import HINT, LABEL

from .answers import answer_choices, boxes, condition_of, is_said
from .base import NONE, SettingsForm, many, select, switch, text
from .ground import with_current
from .options import TOP, Place, offered

KINDS = {
    FieldKind.CHECK: gettext_lazy("点検項目 — チェックを付ける"),
    FieldKind.NUMBER: gettext_lazy("数値"),
    FieldKind.TEXT: gettext_lazy("文字"),
    FieldKind.DATE: gettext_lazy("日付"),
    FieldKind.CHOICE: gettext_lazy("選択 — 選択肢から一つ"),
    FieldKind.FILE: gettext_lazy("ファイル"),
    FieldKind.LINES: gettext_lazy("明細 — 行のある表"),
}


class FieldForm(SettingsForm):
    """`stored` is the field's row ({} if it is new); `kept` names options that stay as they are."""

    def __init__(self, place: Place, stored: Row, kept: set[str], *args: Any, **kwargs: Any) -> None:
        self.place, self.stored = place, stored
        self.options = [o for o in offered(place) if o.name not in kept]
        self.says_condition = is_said(stored.get("required_if", {}))
        super().__init__(*args, initial=self._initial(), **kwargs)
        self.fields["label"] = text(_("項目名"), LABEL, required=True)
        self.fields["kind"] = select(_("種類"), _kinds(place))
        self.fields["hint"] = text(_("説明"), HINT, help_text=_("記入する人に、項目の下に出ます。"))
        self.fields["is_required"] = switch(_("完了に必要"), help_text=_("記入がないと完了にできません。"))
        self.fields["is_asked"] = switch(
            _("起票のときに聞く"), help_text=_("「完了に必要」も付けると、起票のときに必ず記入します。")
        )
        self._condition()
        self._signer()
        for option in self.options:
            value = stored.get("options", {}).get(option.name)
            self.fields[option.name] = option.control(place, value)

    def _condition(self) -> None:
        if not self.says_condition:
            return
        current = self.stored.get("required_if", {})
        others = [f for f in (*self.place.beside, *self.place.outer) if f["key"] != self.stored.get("key")]
        if choices := answer_choices(others, current):
            self.fields["required_if"] = many(
                _("この答えのときは必須"),
                choices,
                help_text=_("どれか一つでも当てはまると、完了に必要になります。"),
            )

    def _signer(self) -> None:
        ground, current = self.place.ground, self.stored.get("signer")
        signers = [
            (s["role"], ground.role_names.get(s["role"], s["role"])) for s in ground.row.get("signers", ())
        ]
        choices = with_current(list(dict(signers).items()), current)
        if choices and self.place.where == TOP:
            self.fields["signer"] = select(
                _("記入する署名者"), [(NONE[0], _("決めない")), *choices], required=False,
                help_text=_("その署名者だけが記入し、署名すると固定されます。"),
            )  # fmt: skip

    def _initial(self) -> dict[str, Any]:
        stored = self.stored
        found = {n: stored.get(n, False) for n in ("is_required", "is_asked")}
        found |= {n: stored.get(n, "") for n in ("label", "hint", "signer")}
        found["kind"] = self.place.kind
        found["required_if"] = boxes(stored.get("required_if", {})) if self.says_condition else []
        values = stored.get("options", {})
        return found | {o.name: o.initial(values.get(o.name)) for o in self.options}

    def option_fields(self) -> list[forms.BoundField]:
        return [self[o.name] for o in self.options if not o.is_rare]

    def rare_fields(self) -> list[forms.BoundField]:
        return [self[o.name] for o in self.options if o.is_rare]

    def has_rare(self) -> bool:
        """Whether something rare is set, or wrong."""
        return any(field.value() or field.errors for field in self.rare_fields())

    def clean_label(self) -> str:
        label = str(self.cleaned_data["label"])
        if not label.strip():
            raise forms.ValidationError(_("入力してください。"))
        return label

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("not_before") and cleaned.get("not_before") == self.stored.get("key"):
            self.add_error("not_before", _("この項目のほかの日付を選んでください。"))
        return cleaned

    def plain(self) -> dict[str, Any]:
        """Everything but the options."""
        given = self.cleaned_data
        found = {n: given[n] for n in ("label", "kind", "hint", "is_required", "is_asked")}
        if "required_if" in self.fields:
            found["required_if"] = condition_of(given["required_if"], self.stored.get("required_if", {}))
        if "signer" in self.fields:
            found["signer"] = given["signer"]
        return found

    def option_values(self) -> dict[str, Any]:
        stored = self.stored.get("options", {})
        values = ((o, o.value(self.cleaned_data[o.name], stored.get(o.name))) for o in self.options)
        return {option.name: value for option, value in values if value is not None}


def _kinds(place: Place) -> list[tuple[str, Any]]:
    """Lines hold no lines and no files."""
    barred = () if place.where == TOP else (FieldKind.LINES, FieldKind.FILE)
    return [(kind.value, words) for kind, words in KINDS.items() if kind not in barred]
