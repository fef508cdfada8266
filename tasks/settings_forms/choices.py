"""The choices of a field, one a row: the answer, whether it is a finding, what else it means."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from raci.content import Row
from raci.references import choices_of

from .base import NONE, SettingsForm, select, switch, text
from .ground import Ground, with_current


class ChoiceForm(SettingsForm):
    """One answer; a row without an answer is left out."""

    def __init__(self, ground: Ground, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = text(_("答え"), 100)
        self.fields["is_found"] = switch(_("所見"))
        self.fields["is_skip"] = switch(_("対象外"))
        role = (self.initial or {}).get("named_by", "")
        self.fields["named_by"] = select(
            _("決める役割"), [NONE, *with_current(ground.role_choices, role)], required=False
        )


def is_said(field: Row) -> bool:
    """Whether rows can say the choices and the rules that name them."""
    own = choices_of(field)
    finding, options = field.get("finding", {}), field.get("options", {})
    named = [*finding.get("in", ()), *options.get("skips", ()), *options.get("named_by", {})]
    plain = all(isinstance(v, str) for v in (*own, *named))
    return plain and len(set(own)) == len(own) and set(finding) <= {"in"} and all(v in own for v in named)


def initial_of(field: Row) -> list[Row]:
    """The rows of the stored choices."""
    finding, options = field.get("finding", {}), field.get("options", {})
    return [
        {
            "value": value,
            "is_found": value in finding.get("in", ()),
            "is_skip": value in options.get("skips", ()),
            "named_by": options.get("named_by", {}).get(value, ""),
        }
        for value in choices_of(field)
    ]


def check(rows: list[ChoiceForm]) -> None:
    """The same answer twice is told at the second."""
    seen: set[str] = set()
    for form in rows:
        value = form.cleaned_data.get("value", "")
        if value and value in seen:
            form.add_error("value", _("「%(value)s」が二つあります。") % {"value": value})
        seen.add(value)


def chosen(rows: list[ChoiceForm], stored: Row) -> dict[str, Any]:
    """`choices`, `finding` and the options of the rows, in the form of a field's row."""
    given = [f.cleaned_data for f in rows if f.cleaned_data.get("value", "").strip()]
    kept = {c["value"]: c for c in stored.get("choices", ()) if isinstance(c, dict)}
    found = [g["value"] for g in given if g["is_found"]]
    before = stored.get("finding", {}).get("in", [])
    return {
        "choices": [kept.get(g["value"], g["value"]) for g in given],
        "finding": {"in": before if set(before) == set(found) else found} if found else {},
        "skips": [g["value"] for g in given if g["is_skip"]],
        "named_by": {g["value"]: g["named_by"] for g in given if g["named_by"]},
    }
