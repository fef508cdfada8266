"""所見 of a number: which answer is outside normal, as pickers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from raci.models import FieldKind

from .base import NONE, SettingsForm, WholeField, select
from .ground import with_current
from .options import Place

NEVER, MORE, OTHER, SHARE = "", "gt", "ne", "over_percent_of"
ORGANIZATION, FIXED = "organization", "fixed"


def is_said(finding: Mapping[str, Any]) -> bool:
    match finding:
        case {"gt": int()} if len(finding) == 1:
            return type(finding["gt"]) is int
        case {"ne": str()} if len(finding) == 1:
            return True
        case {"over_percent_of": str(), "limit": limit} if len(finding) == 2:
            return limit == ORGANIZATION or (type(limit) is int and 0 <= limit <= 100)
    return not finding


class FindingForm(SettingsForm):
    def __init__(self, place: Place, finding: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(finding), **kwargs)
        other = finding.get("ne") or finding.get("over_percent_of") or ""
        numbers = place.siblings(FieldKind.NUMBER)
        others = [c for c in place.ground.named(FieldKind.NUMBER) if "." in c[0]]
        self.fields["rule"] = select(_("所見にする数"), _rules(), required=False)
        self.fields["more"] = WholeField(
            label=_("この数を超えたら"), least=-(10**12), most=10**12, required=False, help_text=_("例 0")
        )
        self.fields["other"] = select(
            _("比べる数の項目"), [NONE, *with_current([*numbers, *others], other)], required=False
        )
        limits = [(ORGANIZATION, _("団体ごとの限度(未更新の限度)")), (FIXED, _("決まった割合"))]
        self.fields["limit_by"] = select(_("割合の限度"), limits, required=False)
        self.fields["limit"] = WholeField(label=_("割合(%)"), least=0, most=100, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        rule = cleaned.get("rule")
        if rule == MORE and cleaned.get("more") is None and "more" not in self.errors:
            self.add_error("more", _("数字を入力してください。"))
        if rule in (OTHER, SHARE) and not cleaned.get("other"):
            self.add_error("other", _("比べる数の項目を選んでください。"))
        is_fixed = rule == SHARE and cleaned.get("limit_by") == FIXED
        if is_fixed and cleaned.get("limit") is None and "limit" not in self.errors:
            self.add_error("limit", _("割合を入力してください。"))
        return cleaned

    def finding(self) -> dict[str, Any]:
        given = self.cleaned_data
        match given["rule"]:
            case "gt":
                return {"gt": given["more"]}
            case "ne":
                return {"ne": given["other"]}
            case "over_percent_of":
                limit = given["limit"] if given["limit_by"] == FIXED else ORGANIZATION
                return {"over_percent_of": given["other"], "limit": limit}
        return {}


def _initial(finding: Mapping[str, Any]) -> dict[str, Any]:
    limit = finding.get("limit", ORGANIZATION)
    return {
        "rule": next((rule for rule in (MORE, OTHER, SHARE) if rule in finding), NEVER),
        "more": finding.get("gt"),
        "other": finding.get("ne") or finding.get("over_percent_of") or "",
        "limit_by": ORGANIZATION if limit == ORGANIZATION else FIXED,
        "limit": None if limit == ORGANIZATION else limit,
    }


def _rules() -> list[tuple[str, str]]:
    return [
        (NEVER, _("所見にしない")),
        (MORE, _("決めた数を超える")),
        (OTHER, _("ほかの数と違う")),
        (SHARE, _("ほかの数に対する割合が限度を超える")),
    ]
