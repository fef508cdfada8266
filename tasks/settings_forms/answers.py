"""Picking answers as a condition: 「結果」が 差異あり is one box, whichever field it is of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from raci.content import Row
from raci.models import FieldKind
from raci.references import choices_of

from .base import same
from .ground import Choice

#: Between a field's key (a slug) and its answer.
MARK = "="


def answer_choices(fields: Iterable[Row], current: Mapping[str, Any]) -> list[Choice]:
    """A box for every answer of every choice field; answers that are named but gone come last."""
    found = [
        (
            f"{f['key']}{MARK}{a}",
            _("「%(label)s」が %(answer)s") % {"label": f["label"], "answer": a},
        )
        for f in fields
        if f["kind"] == FieldKind.CHOICE
        for a in choices_of(f)
    ]
    there = {value for value, _words in found}
    return [
        *found,
        *((v, _("%(value)s(見つかりません)") % {"value": v}) for v in boxes(current) if v not in there),
    ]


def is_said(condition: Mapping[str, Any]) -> bool:
    """Whether boxes can say the condition."""
    return all(
        isinstance(values, list) and all(isinstance(v, str) for v in values) for values in condition.values()
    )


def boxes(condition: Mapping[str, Any]) -> list[str]:
    return [f"{key}{MARK}{answer}" for key, answers in condition.items() for answer in answers]


def condition_of(picked: Sequence[str], stored: Mapping[str, Any]) -> dict[str, list[str]]:
    """The picked boxes as {field key: answers}; answers in the stored order if they are the same."""
    found: dict[str, list[str]] = {}
    for box in picked:
        key, _mark, answer = box.partition(MARK)
        found.setdefault(key, []).append(answer)
    return {key: same(stored.get(key, ()), answers) for key, answers in found.items()}
