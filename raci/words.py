"""The settings of a duty in words, for the people who read them as 本システムの設定."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Duty, DutyField, FollowUp, Sharing, Signer

#: Labels of fields by (duty key, field key); of a column, if they are there, by `<lines key>.<column key>`.
Labels = Mapping[tuple[int, str], str]
REGISTERS = {
    "characters": gettext_lazy("外字"),
    "codes": gettext_lazy("コード"),
    "seals": gettext_lazy("電子公印"),
    "mayors": gettext_lazy("首長名"),
    "forms": gettext_lazy("専用帳票"),
}
PATTERNS = {
    "month": gettext_lazy("年月"),
    "private_use_or_ivs": gettext_lazy("外字コードか異体字"),
}


def labels_of(fields: Iterable[tuple[int, str, str]]) -> dict[tuple[int, str], str]:
    """From rows of (duty key, field key, label)."""
    return {(number, key): label for number, key, label in fields}


def name_of(key: str, duty: Duty, labels: Labels) -> str:
    """「納期」, or 「No.41 納期」 of another duty's field."""
    number, _dot, own = key.rpartition(".")
    label = labels.get((int(number) if number else duty.key, own), own)
    return _("No.%(number)s「%(label)s」") % {"number": number, "label": label} if number else f"「{label}」"


def sharing_in_words(duty: Duty, signers: Iterable[Signer]) -> str:
    if duty.sharing == Sharing.SIGNERS:
        order = " → ".join(_signer(s) for s in signers)
        return _("順に署名: %(order)s(最後の署名で完了)") % {"order": order}
    if duty.sharing == Sharing.ANY:
        return _("主担当のうち引き受けた担当が完了にする")
    return _("主担当が完了にする")


def _signer(signer: Signer) -> str:
    return _("%(role)s(承認者)") % {"role": signer.role.name} if signer.is_approver else signer.role.name


def standard_due_in_words(duty: Duty, labels: Labels) -> str:
    """The standard due of a duty on demand: 10開庁日; 「適用日」の前の開庁日(空欄なら3開庁日)."""
    due = duty.standard_due
    days = _("%(n)s開庁日") % {"n": due["business_days"]} if "business_days" in due else ""
    words = []
    if "before" in due:
        words.append(_("%(field)sの前の開庁日") % {"field": name_of(due["before"], duty, labels)})
        if days:
            words.append(_("空欄なら%(days)s") % {"days": days})
    elif "after" in due:
        words.append(_("No.%(number)sから%(days)s") % {"number": due["after"], "days": days})
    elif days:
        words.append(days)
    if "at_least_business_days" in due:
        words.append(_("少なくとも%(n)s開庁日あける") % {"n": due["at_least_business_days"]})
    if "on" in due:
        words.append(_("%(field)sの日") % {"field": name_of(due["on"], duty, labels)})
    words += [_("直ちに")] * ("at_once" in due) + [_("当日")] * ("same_day" in due)
    if "by_level" in due:
        steps = " / ".join(
            _("レベル%(n)s %(due)s") % {"n": n, "due": limit_in_words(v)} for n, v in due["by_level"].items()
        )
        words.append(
            _("%(steps)s(%(field)sによる)") % {"steps": steps, "field": name_of(due["level"], duty, labels)}
        )
    if "may_skip_level" in due:
        words.append(_("レベル%(n)sは対象外にできる") % {"n": due["may_skip_level"]})
    return "、".join(words)


def limit_in_words(limit: Mapping[str, int]) -> str:
    if "hours" in limit:
        return _("%(n)s時間") % {"n": limit["hours"]}
    return _("%(n)s開庁日") % {"n": limit["business_days"]}


def need_in_words(field: DutyField, labels: Labels) -> str:
    """When the field must be filled in."""
    if field.is_asked and field.is_required:
        return _("起票時に必須")
    if field.is_required:
        return _("完了に必須")
    if field.required_if:
        order = list(labels)  # PostgreSQL keeps no order of keys: as the fields stand
        places = {key: at for at, (duty, key) in enumerate(order) if duty == field.duty.key}
        words = [
            _("%(field)sが %(values)s") % {"field": _own(key, field, labels), "values": _answers(values)}
            for key, values in sorted(field.required_if.items(), key=lambda i: places.get(i[0], len(order)))
        ]
        return _("%(conditions)s なら必須") % {"conditions": _(" または ").join(words)}
    return _("起票時に任意") if field.is_asked else _("任意")


def _answers(values: Iterable[Any]) -> str:
    return "・".join(_("はい") if v is True else str(v) for v in values)


def finding_in_words(field: DutyField, labels: Labels) -> str:
    """Which answer is a finding (所見) and proposes 異常あり."""
    rule = field.finding
    if "in" in rule:
        return "・".join(rule["in"])
    if "gt" in rule:
        return _("%(n)sを超える") % {"n": rule["gt"]}
    if "ne" in rule:
        return _("%(field)sと違う") % {"field": name_of(rule["ne"], field.duty, labels)}
    if "over_percent_of" in rule:
        limit = rule["limit"]
        words = {"field": name_of(rule["over_percent_of"], field.duty, labels), "limit": limit}
        if limit == "organization":
            return _("%(field)sに対する割合が団体の限度を超える") % words
        return _("%(field)sの%(limit)s%%を超える") % words
    return ""


def options_in_words(field: DutyField, labels: Labels, roles: Mapping[str, str]) -> list[str]:
    """What else holds for the field; `roles` are names by code."""
    options: Mapping[str, Any] = field.options
    words = [text for name, text in _switches().items() if options.get(name)]
    if field.signer_role:
        words.append(_("%(role)sが記入") % {"role": field.signer_role.name})
    if "filled_by" in options:
        words.append(
            _("%(roles)sも記入できる") % {"roles": "・".join(roles.get(c, c) for c in options["filled_by"])}
        )
    if "restricted_to" in options:
        words.append(
            _("%(roles)sだけに見える")
            % {"roles": "・".join(roles.get(c, c) for c in options["restricted_to"])}
        )
    if "not_before" in options:
        words.append(_("%(field)s以降") % {"field": _own(options["not_before"], field, labels)})
    if "instead_of" in options:
        words.append(_("明細の代わり"))
    if "shows" in options:
        words.append(_("No.%(n)s の同じ月の記入を並べて表示") % {"n": options["shows"]})
    if "prefill" in options:
        words.append(_("No.%(n)s の明細から始まる(行は足せる)") % {"n": options["prefill"]["key"]})
    if "skips" in options:
        words.append(_("%(values)s は対象外になる") % {"values": _answers(options["skips"])})
    for value, code in options.get("named_by", {}).items():
        words.append(_("%(value)s は%(role)sが決める") % {"value": value, "role": roles.get(code, code)})
    if "sum_of" in options:
        parts = _("と").join(_own(key, field, labels) for key in options["sum_of"])
        words.append(_("%(parts)sの合計") % {"parts": parts})
    if "default" in options:
        words.append(_("はじめの値 %(value)s") % {"value": options["default"]})
    if options.get("pattern") in PATTERNS:
        words.append(str(PATTERNS[options["pattern"]]))
    return words


def _own(key: str, field: DutyField, labels: Labels) -> str:
    """The name of a field beside `field`: a column of the same lines, or a field of the same duty."""
    if field.parent and (label := labels.get((field.duty.key, f"{field.parent.key}.{key}"))):
        return f"「{label}」"
    if field.parent and field.parent.pk:
        siblings = {c.key: c.label for c in field.parent.columns.all()}
        if key in siblings:
            return f"「{siblings[key]}」"
    return name_of(key, field.duty, labels)


def _switches() -> dict[str, str]:
    return {
        "carry_over": _("前回の値から始まる"),
        "business_day": _("開庁日"),
        "in_period": _("対象期間の中"),
        "time": _("時刻も"),
        "is_shown": _("表示だけ"),
        "shows_in_year": _("年間予定・月間予定に出る"),
        "organizations": _("団体から選ぶ"),
    }


def condition_in_words(edge: FollowUp, labels: Labels) -> str:
    """When the edge holds: 「一次回答で完結」が いいえ."""
    words = []
    for key, values in edge.condition.items():
        field = name_of(key, edge.duty, labels)
        if isinstance(values, dict):
            less = {"field": field, "other": name_of(values["lt"], edge.duty, labels)}
            words.append(_("%(field)sが%(other)sより少ない間") % less)
        else:
            words.append(_("%(field)sが %(values)s") % {"field": field, "values": "・".join(values)})
    return "、".join(words)
