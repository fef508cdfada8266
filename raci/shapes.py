"""What the JSON of a row may be: standard due, fields, signers, follow-ups. Pure.

The forms of the editor give nothing else; a file may hold anything, and what is stored is read by screens
that trust it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from .content import FIELD, Row
from .models import FieldKind, FollowUp

Shape = Callable[[Any], bool]
MOST_TEXT, MOST_ITEMS = 1000, 200
#: What no database keeps.
NEVER = re.compile("[\x00\ud800-\udfff]")
FIELD_KEY = re.compile(r"(?:[0-9]{1,9}\.)?[-a-zA-Z0-9_]{1,40}\Z")


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MOST_TEXT and not NEVER.search(value)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**15


def _ref(value: Any) -> bool:
    """The key of a field, or of another duty's: 41.quantity."""
    return isinstance(value, str) and bool(FIELD_KEY.match(value))


def _any(*shapes: Shape) -> Shape:
    return lambda value: any(shape(value) for shape in shapes)


def _one(*values: Any) -> Shape:
    return lambda value: type(value) is not bool and value in values


def _list(shape: Shape) -> Shape:
    return lambda value: (
        isinstance(value, list) and len(value) <= MOST_ITEMS and all(shape(item) for item in value)
    )


def _map(key: Shape, shape: Shape, most: int = MOST_ITEMS) -> Shape:
    return lambda value: (
        isinstance(value, dict)
        and len(value) <= most
        and all(key(name) and shape(item) for name, item in value.items())
    )


def _record(needed: Collection[str] = (), **shapes: Shape) -> Shape:
    """A dict of these names only, with the needed ones."""
    return lambda value: (
        isinstance(value, dict)
        and all(name in value for name in needed)
        and all(name in shapes and shapes[name](item) for name, item in value.items())
    )


_LIMIT = _any(_record(["hours"], hours=_whole), _record(["business_days"], business_days=_whole))
STANDARD_DUE = _record(
    business_days=_whole,
    before=_ref,
    at_least_business_days=_whole,
    on=_ref,
    at_once=_flag,
    same_day=_flag,
    after=_whole,
    by_level=_map(_text, _LIMIT, 20),
    level=_ref,
    may_skip_level=_text,
)
FINDING = _any(
    _record(),
    _record(["in"], **{"in": _list(_text)}),
    _record(["gt"], gt=_number),
    _record(["ne"], ne=_ref),
    _record(["over_percent_of", "limit"], over_percent_of=_ref, limit=_any(_one("organization"), _number)),
)
OPTIONS = _record(
    default=_any(_text, _flag, _number),
    carry_over=_flag,
    unit=_text,
    multiline=_flag,
    shows_in_year=_flag,
    pattern=_one("month", "private_use_or_ivs"),
    organizations=_one("one", "many"),
    is_shown=_flag,
    business_day=_flag,
    not_before=_ref,
    in_period=_flag,
    time=_flag,
    instead_of=_ref,
    prefill=_record(
        ["key", "field", "columns"], key=_whole, field=_ref, columns=_list(_ref), settled_by=_whole
    ),
    shows=_whole,
    wishes=_record(["key", "field", "in", "text"], key=_whole, field=_ref, text=_ref, **{"in": _list(_text)}),
    filled_by=_list(_text),
    restricted_to=_list(_text),
    named_by=_map(_text, _text),
    skips=_list(_text),
    sum_of=_list(_ref),
    min=_number,
)
_COLUMN: dict[str, Shape] = {
    "key": _ref,
    "label": _text,
    "hint": _text,
    "kind": _one(*FieldKind.values),
    "choices": _list(_text),
    "is_required": _flag,
    "is_asked": _flag,
    "required_if": _map(_ref, _list(_text), 1),
    "finding": FINDING,
    "options": OPTIONS,
    "signer": _text,
}
assert set(FIELD) <= set(_COLUMN)
FIELDS = _list(
    _record(["key", "label", "kind"], **_COLUMN, columns=_list(_record(["key", "label", "kind"], **_COLUMN)))
)
SIGNERS = _list(_record(["role"], role=_text, is_approver=_flag, label=lambda v: _text(v) and len(v) <= 40))
FOLLOWUPS = _list(
    _record(
        ["target", "kind"],
        target=_whole,
        kind=_one(*FollowUp.Kind.values),
        condition=_map(_ref, _any(_list(_text), _record(["lt"], lt=_ref))),
    )
)
DOCUMENTS: Mapping[str, Shape] = {
    "standard_due": STANDARD_DUE,
    "fields": FIELDS,
    "signers": SIGNERS,
    "followups": FOLLOWUPS,
}


def is_sound(name: str, value: Any) -> bool:
    """Has the document `name` of a row the form that models/duty, field and followup describe?"""
    return DOCUMENTS[name](value)


def strange_roles(row: Row, roles: Collection[str]) -> Iterator[tuple[str, str]]:
    """(aspect, sentence) for each role that only the options of a field name, and that there is none of."""
    for field in [f for top in row.get("fields", ()) for f in (top, *top.get("columns", ()))]:
        options = field.get("options", {})
        named = options.get("named_by", {})
        for code in (*options.get("filled_by", ()), *options.get("restricted_to", ()), *named.values()):
            if code not in roles:
                yield "fields", _("役割「%(role)s」がありません。") % {"role": code}
