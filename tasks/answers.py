"""Answers to a duty's fields: read what was typed. Pure; judgement.py says what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.lib.era import read_date, read_moment
from raci.models import DutyField, FieldKind

from .asked import Field, Reading, Setting, fields_of, is_empty, line_no
from .judgement import is_required, judge

__all__ = ["Field", "Reading", "Setting", "fields_of", "is_empty", "is_required", "read"]

#: Longest text, most lines and largest number that an answer may have.
TEXT_LIMIT = 10_000
LINES_LIMIT = 400
NUMBER_LIMIT = 10**12


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
        judge(f, fields, setting, reading)
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
    """`answers` after 「全項目を確認した」: open required ones are normal, if a field says what that is."""
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


def plain(text: Any) -> str:
    """Codes, numbers and dates only: full-width becomes half-width, every minus -, commas and blanks go."""
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
    """One answer as it is stored (a date as ISO text), None if empty; ValueError has the sentence to show."""
    if row.kind == FieldKind.CHECK:
        return raw in (True, "on", "1", "true")
    if row.options.get("organizations") == "many":
        codes = [str(code) for code in (raw if isinstance(raw, list | tuple) else [raw]) if code]
        return list(dict.fromkeys(codes)) or None
    if is_empty(raw):
        return None
    if row.kind == FieldKind.NUMBER:
        return _not_below(read_number(raw), row.options.get("min", 0))
    if row.kind == FieldKind.DATE and row.options.get("time"):
        return read_moment(str(raw)).isoformat(timespec="minutes")
    if row.kind == FieldKind.DATE:
        return (raw if isinstance(raw, date) else read_date(str(raw))).isoformat()
    text = str(raw)
    if row.kind == FieldKind.CHOICE and row.choices and text not in choices_of(row):
        raise ValueError(_("選択肢から選んでください。"))
    if row.options.get("pattern") == "month":
        return read_month(text)
    if row.options.get("pattern") == "private_use_or_ivs":
        return read_character(text)
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


def read_character(text: str) -> str:
    """A 外字 by its code: U+E000 to U+F8FF, or a character with a variation selector (U+8FBA U+E0100).

    Written as codes or as the character; kept as codes. Raises ValueError with the sentence to show."""
    codes = re.fullmatch(r"(?:U\+)?([0-9A-F]{4,6})(?:[ ,]*(?:U\+)?(E01[0-9A-F]{2}))?", plain(text).upper())
    points = [int(c, 16) for c in codes.groups() if c] if codes else [ord(c) for c in text.strip()]
    is_private = len(points) == 1 and 0xE000 <= points[0] <= 0xF8FF
    is_variant = len(points) == 2 and points[0] >= 0x3400 and 0xE0100 <= points[1] <= 0xE01EF
    if not (is_private or is_variant):
        raise ValueError(_("外字コードは U+E000〜U+F8FF か、異体字(例 U+8FBA U+E0100)で入力してください。"))
    return " ".join(f"U+{point:04X}" for point in points)


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
            _put(line, c, typed.get(c.key), f"{f.key}.{n}.{c.key}", line_no(n), errors)
        found.append(line)
    if len(found) > LINES_LIMIT:
        errors[f.key] = _("%(label)sは %(limit)s 行までです。") % {"label": f.row.label, "limit": LINES_LIMIT}
    return found
