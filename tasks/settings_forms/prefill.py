"""明細の写し: lines that begin with the lines of the work before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from raci.content import Row
from raci.models import FieldKind

from .base import NONE, SettingsForm, many, same, select
from .ground import Ground, with_current


def is_said(rule: Any) -> bool:
    if not isinstance(rule, dict) or not {"key", "field", "columns"} <= set(rule):
        return False
    return set(rule) <= {"key", "field", "columns", "settled_by"} and all(
        isinstance(c, str) for c in rule["columns"]
    )


class PrefillForm(SettingsForm):
    def __init__(
        self, ground: Ground, field: Row, rule: Mapping[str, Any], *args: Any, **kwargs: Any
    ) -> None:
        self.stored = rule
        super().__init__(*args, initial=_initial(rule), **kwargs)
        sources = [
            (f"{key}.{f['key']}", f"{ground.name(key)}「{f['label']}」")
            for key, f in ground.fields(FieldKind.LINES, but=[ground.key])
        ]
        current = f"{rule['key']}.{rule['field']}" if rule else None
        self.fields["source"] = select(
            _("写してくる明細"),
            [(NONE[0], _("写さない")), *with_current(sources, current)],
            required=False,
            help_text=_("同じ対象期間のその業務の明細から始まります。行は足すことも外すこともできます。"),
        )
        columns = [(c["key"], c["label"]) for c in field.get("columns", ())]
        for one in rule.get("columns", ()):
            columns = with_current(columns, one)
        self.fields["columns"] = many(
            _("写す列"), columns, help_text=_("両方の明細に、同じ項目キーの列が必要です。")
        )
        self.fields["settled_by"] = select(
            _("この業務が完了してから写す"),
            [(NONE[0], _("待たない")), *with_current(ground.duties(), rule.get("settled_by"))],
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("source") and not cleaned.get("columns"):
            self.add_error("columns", _("写す列を選んでください。"))
        return cleaned

    def rule(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not given["source"]:
            return {}
        key, _dot, field = given["source"].partition(".")
        columns = same(self.stored.get("columns", ()), given["columns"])
        found: dict[str, Any] = {"key": int(key), "field": field, "columns": columns}
        return found | ({"settled_by": int(given["settled_by"])} if given["settled_by"] else {})


def _initial(rule: Mapping[str, Any]) -> dict[str, Any]:
    if not rule:
        return {}
    return {
        "source": f"{rule['key']}.{rule['field']}",
        "columns": rule["columns"],
        "settled_by": str(rule.get("settled_by") or ""),
    }
