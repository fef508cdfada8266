"""Rules over answers that were read: what is required, what dates may be, what is a finding. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.lib.era import era_short
from raci.models import DutyField, FieldKind

from .asked import Field, Reading, Setting, is_empty, line_no


def judge(f: Field, fields: Sequence[Field], setting: Setting, reading: Reading) -> None:
    """Rules of one field over the answers that were read."""
    from_check = _replaced_by(f, fields)
    if f.kind == FieldKind.LINES:
        lines = reading.answers.get(f.key) or []
        if from_check and reading.answers.get(from_check.key) and lines:
            reading.errors.setdefault(
                f.key,
                _("「%(check)s」と%(label)sの両方が入っています。どちらかを消してください。")
                % {"check": from_check.row.label, "label": f.row.label},
            )
        for n, line in enumerate(lines):
            for column in f.columns:
                where = f"{f.key}.{n}.{column.key}"
                _judge_value(
                    column, line, where, line_no(n), f.columns, reading, setting, outer=reading.answers
                )
        if f.row.is_required and not lines and not (from_check and reading.answers.get(from_check.key)):
            reading.missing[f.key] = _need_lines(f, from_check)
        return
    _judge_value(f.row, reading.answers, f.key, "", [x.row for x in fields], reading, setting)


def _replaced_by(f: Field, fields: Sequence[Field]) -> Field | None:
    """The check that stands for these lines (今月は依頼なし)."""
    return next((x for x in fields if x.row.options.get("instead_of") == f.key), None)


def _need_lines(f: Field, check: Field | None) -> str:
    if check is None:
        return _("%(label)sを1行以上入れてください。") % {"label": f.row.label}
    return _("%(label)sを1行以上入れるか、「%(check)s」にチェックを入れてください。") % {
        "label": f.row.label,
        "check": check.row.label,
    }


def _judge_value(
    row: DutyField,
    values: Mapping[str, Any],
    where: str,
    prefix: str,
    rows: Iterable[DutyField],
    reading: Reading,
    setting: Setting,
    outer: Mapping[str, Any] = {},  # noqa: B006
) -> None:
    if where in reading.errors:
        return
    names = {r.key: r.label for r in rows}
    value = values.get(row.key)
    if is_empty(value) or (row.kind == FieldKind.FILE):
        if is_required(row, values, outer) and not (row.kind == FieldKind.FILE and row.key in setting.files):
            reading.missing[where] = prefix + _need(row)
        return
    if row.options.get("organizations") and not set(_codes(value)) <= set(setting.organizations):
        reading.errors[where] = f"{prefix}{row.label}: " + _("団体を選び直してください。")
    if row.kind == FieldKind.DATE and (sentence := _date_error(row, str(value), values, names, setting)):
        reading.errors[where] = f"{prefix}{row.label}: {sentence}"
    if sentence := _sum_error(row, values, names):
        reading.missing[where] = sentence
    for name, (label, answer) in setting.known.items():
        names, values = {**names, name: label}, {**values, name: answer}
    if sentence := finding_of(row, value, values, names, setting.limit_percent):
        reading.findings[where] = prefix + sentence


def _codes(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def is_required(row: DutyField, values: Mapping[str, Any], outer: Mapping[str, Any] = {}) -> bool:  # noqa: B006
    """Required to close: always, or because of another answer (of the same line first)."""
    return row.is_required or any(
        values.get(key, outer.get(key)) in wanted for key, wanted in (row.required_if or {}).items()
    )


def _need(row: DutyField) -> str:
    sentence = {
        FieldKind.CHECK: _("%(label)sを確かめて、チェックを入れてください。"),
        FieldKind.CHOICE: _("%(label)sを選んでください。"),
        FieldKind.FILE: _("%(label)sのファイルを付けてください。"),
    }.get(FieldKind(row.kind), _("%(label)sを入力してください。"))
    return sentence % {"label": row.label}


def _date_error(
    row: DutyField, value: str, values: Mapping[str, Any], names: Mapping[str, str], setting: Setting
) -> str:
    day = date.fromisoformat(value[:10])
    words = {"day": era_short(day, setting.today)}
    if setting.period and row.options.get("in_period") and not setting.period[0] <= day <= setting.period[1]:
        return _("%(day)s は対象期間の外です。対象期間の日付にしてください。") % words
    if row.options.get("business_day") and not setting.calendar.is_business_day(day):
        return _("%(day)s は閉庁日です。開庁日を入力してください。") % words
    other = values.get(row.options.get("not_before", ""))
    if isinstance(other, str) and value < other:
        words["other"] = names[row.options["not_before"]]
        return _("%(day)s は%(other)sより前です。%(other)s以後の日付にしてください。") % words
    return ""


def _sum_error(row: DutyField, values: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """A number that must be the sum of others (総台数 = 更新済 + 未更新)."""
    keys: Collection[str] = row.options.get("sum_of", ())
    parts = [values[k] for k in keys if values.get(k) is not None]
    if not keys or len(parts) < len(keys) or sum(parts) == values[row.key]:
        return ""
    return _("%(label)s %(value)s が、%(parts)sの合計 %(sum)s と合いません。") % {
        "label": row.label,
        "value": values[row.key],
        "parts": _("と").join(f"{names[k]} {p} " for k, p in zip(keys, parts, strict=True)),
        "sum": sum(parts),
    }


def finding_of(
    row: DutyField, value: Any, values: Mapping[str, Any], names: Mapping[str, str], limit_percent: int
) -> str:
    """The sentence of the finding that `value` is, or ""."""
    rule = row.finding or {}
    unit = row.options.get("unit", "")
    if value in rule.get("in", ()):
        return _("%(label)s が %(value)s です。") % {"label": row.label, "value": value}
    if "gt" in rule and value > rule["gt"]:
        return _("%(label)s が %(value)s です。") % {"label": row.label, "value": f"{value}{unit}"}
    if "ne" in rule and rule["ne"] in values and value != values[rule["ne"]]:
        return _("%(label)s %(value)s が%(other)s %(wanted)s と違います。") % {
            "label": row.label,
            "value": value,
            "other": names.get(rule["ne"], ""),
            "wanted": values[rule["ne"]],
        }
    total = values.get(rule.get("over_percent_of", ""))
    limit = limit_percent if rule.get("limit") == "organization" else rule.get("limit", 0)
    if isinstance(total, int) and total > 0 and value * 100 > limit * total:
        return _("%(label)s %(value)s は%(other)sの %(percent)s%%(限度 %(limit)s%%)です。") % {
            "label": row.label,
            "value": f"{value}{unit}",
            "other": names.get(rule["over_percent_of"], ""),
            "percent": f"{value * 100 / total:.1f}",
            "limit": limit,
        }
    return ""
