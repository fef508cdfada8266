"""Answers to a duty's fields: read what was typed, say what is wrong, what is missing and what is outside normal. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.lib.era import era_short, read_date
from raci.models import DutyField, FieldKind

#: Longest text, most lines and largest number that an answer may have.
TEXT_LIMIT = 10_000
LINES_LIMIT = 400
NUMBER_LIMIT = 10**12


@dataclass(frozen=True)
class Field:
    """A field with the columns of its lines (empty unless its kind is lines)."""

    row: DutyField
    columns: tuple[DutyField, ...] = ()

    @property
    def key(self) -> str:
        return self.row.key

    @property
    def kind(self) -> str:
        return self.row.kind


@dataclass
class Reading:
    """`answers` as they are stored; the rest by field key, of a cell `<key>.<row from 0>.<column key>`.

    `errors` can't be stored, `missing` keeps the task from being closed, `findings` propose 異常あり.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    findings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """What the rules look at besides the answers: the day, its calendar, the organization's limit, the period."""

    today: date
    calendar: Any
    limit_percent: int = 5
    period: tuple[date, date] | None = None
    files: frozenset[str] = frozenset()  # keys of file fields that have a file


def fields_of(rows: Iterable[DutyField]) -> tuple[Field, ...]:
    """The fields of one duty in order, columns under their lines."""
    rows = sorted(rows, key=lambda r: r.position)
    columns: dict[int, list[DutyField]] = {}
    for row in rows:
        if row.parent_id:
            columns.setdefault(row.parent_id, []).append(row)
    return tuple(Field(row, tuple(columns.get(row.pk, ()))) for row in rows if not row.parent_id)


def read(
    fields: Sequence[Field], raw: Mapping[str, Any], setting: Setting, *, stored: Mapping[str, Any] = {}
) -> Reading:  # noqa: B006
    """Read `raw` (by field key: text as typed, True or False of a check, a list of dicts of lines).

    A field that `raw` does not mention keeps its stored answer.
    """
    reading = Reading(answers=dict(stored))
    for f in fields:
        if f.key not in raw or f.kind == FieldKind.FILE:
            continue
        if f.kind == FieldKind.LINES:
            reading.answers[f.key] = _read_lines(f, raw[f.key], setting, reading.errors)
        else:
            _put(reading.answers, f.row, raw[f.key], f.key, "", reading.errors)
    for f in fields:
        _judge(f, fields, setting, reading)
    return reading


def carried(fields: Iterable[Field], previous: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to start with: what is carried over from the occasion before, else the default."""
    found = {}
    for f in fields:
        options = f.row.options
        if options.get("carry_over") and f.key in previous:
            found[f.key] = previous[f.key]
        elif "default" in options:
            found[f.key] = options["default"]
    return found


def normal(fields: Iterable[Field], answers: Mapping[str, Any]) -> dict[str, Any]:
    """`answers`, with what is still open of 「全項目を確認した」 filled in as normal, where the field says what normal is."""
    found = dict(answers)
    for f in fields:
        if not (f.row.is_required and is_empty(found.get(f.key))):
            continue
        if f.kind == FieldKind.CHECK:
            found[f.key] = True
        elif f.kind == FieldKind.CHOICE and "in" in f.row.finding:
            found[f.key] = next((c for c in choices_of(f.row) if c not in f.row.finding["in"]), None)
        elif f.kind == FieldKind.NUMBER and f.row.finding.get("gt") == 0:
            found[f.key] = 0
    return {key: value for key, value in found.items() if value is not None}


def choices_of(row: DutyField) -> list[str]:
    return [c["value"] if isinstance(c, dict) else c for c in row.choices]


def is_empty(value: Any) -> bool:
    return value is None or value is False or value == [] or (isinstance(value, str) and not value.strip())


def plain(text: Any) -> str:
    """Codes, numbers and dates only: full-width to half-width, every minus to -, no commas, no blanks around."""
    folded = unicodedata.normalize("NFKC", str(text)).translate(str.maketrans("‐−ー―‒–—", "-------"))
    return folded.replace(",", "").strip()


def read_number(text: Any) -> int:
    """`text` as a whole number; raises ValueError with the sentence to show."""
    try:
        number = int(plain(text).removeprefix("+"))
    except ValueError:
        raise ValueError(_("数字で入力してください。")) from None
    if abs(number) > NUMBER_LIMIT:
        raise ValueError(_("数字が大きすぎます。"))
    return number


def read_value(row: DutyField, raw: Any) -> Any:
    """One answer as it is stored (a date as ISO text), None if empty; raises ValueError with the sentence to show."""
    if row.kind == FieldKind.CHECK:
        return raw in (True, "on", "1", "true")
    if is_empty(raw):
        return None
    if row.kind == FieldKind.NUMBER:
        return _not_below(read_number(raw), row.options.get("min", 0))
    if row.kind == FieldKind.DATE:
        return (raw if isinstance(raw, date) else read_date(str(raw))).isoformat()
    text = str(raw)
    if row.kind == FieldKind.CHOICE and row.choices and text not in choices_of(row):
        raise ValueError(_("選択肢から選んでください。"))
    if row.options.get("pattern") == "month":
        return read_month(text)
    if len(text) > TEXT_LIMIT:
        raise ValueError(_("%(limit)s 文字以内で入力してください。") % {"limit": f"{TEXT_LIMIT:,}"})
    if "\0" in text:
        raise ValueError(_("使えない文字が入っています。入力し直してください。"))
    return text


def read_month(text: str) -> str:
    """2027-06, 2027/6, R9.6 or 令和9年6月, as 2027-06; raises ValueError with the sentence to show."""
    short = plain(text)
    separator = next((c for c in "/.-" if c in short), "")
    try:
        return read_date(
            f"{short}1日" if short.endswith("月") else f"{short}{separator or '0'}1"
        ).isoformat()[:7]
    except ValueError:
        raise ValueError(_("年月は 2027-06 や R9.6 のように入力してください。")) from None


def _not_below(number: int, least: int | None) -> int:
    if least is not None and number < least:
        raise ValueError(_("%(least)s 以上の数字で入力してください。") % {"least": least})
    return number


def _put(
    into: dict[str, Any], row: DutyField, raw: Any, where: str, prefix: str, errors: dict[str, str]
) -> None:
    try:
        value = read_value(row, raw)
    except ValueError as error:
        errors[where] = f"{prefix}{row.label}: {error}"
        return
    into.pop(row.key, None)
    if value is not None:
        into[row.key] = value


def _read_lines(f: Field, raw: Any, setting: Setting, errors: dict[str, str]) -> list[dict[str, Any]]:
    """Rows in which something stands; an error names its row as it stands in the form."""
    found: list[dict[str, Any]] = []
    for n, typed in enumerate(raw or ()):
        if all(is_empty(typed.get(c.key)) for c in f.columns):
            continue
        line: dict[str, Any] = {}
        for c in f.columns:
            _put(line, c, typed.get(c.key), f"{f.key}.{n}.{c.key}", _line_no(n), errors)
        found.append(line)
    if len(found) > LINES_LIMIT:
        errors[f.key] = _("%(label)sは %(limit)s 行までです。") % {"label": f.row.label, "limit": LINES_LIMIT}
    return found


def _line_no(n: int) -> str:
    return _("明細%(n)s行目 ") % {"n": n + 1}


def _judge(f: Field, fields: Sequence[Field], setting: Setting, reading: Reading) -> None:
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
                    column, line, where, _line_no(n), f.columns, reading, setting, outer=reading.answers
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
    if row.kind == FieldKind.DATE and (sentence := _date_error(row, value, values, names, setting)):
        reading.errors[where] = f"{prefix}{row.label}: {sentence}"
    if sentence := _sum_error(row, values, names):
        reading.missing[where] = sentence
    if sentence := finding_of(row, value, values, names, setting.limit_percent):
        reading.findings[where] = prefix + sentence


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
    day = date.fromisoformat(value)
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
    parts = [values.get(k) for k in keys]
    if not keys or any(p is None for p in parts) or sum(parts) == values[row.key]:
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
