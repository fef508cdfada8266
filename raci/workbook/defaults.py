"""What a row gets that no edition knows, and what a row loses that changed. Pure.

All of it is a first guess: it is said as a problem of the cell, and mended in the draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from raci.content import Row
from raci.models import Cycle, Mark, Scope, Sharing
from raci.models.schedule import Anchor
from raci.soundness import SCHEDULED

#: When a new scheduled duty opens and is due, until somebody sets it.
WHOLE_MONTH = {
    "opens_by": Anchor.BUSINESS_DAY.value,
    "opens_n": 1,
    "due_by": Anchor.BUSINESS_DAY.value,
    "due_n": -1,
}
RULES: Mapping[str, Mapping[str, Any]] = {
    Cycle.DAILY.value: {},
    Cycle.MONTHLY.value: WHOLE_MONTH,
    Cycle.YEARLY.value: {**WHOLE_MONTH, "due_month": 11},
}
ON_DEMAND = (Cycle.ON_DEMAND.value, Cycle.AS_NEEDED.value)


def new(row: Mapping[str, Any], kinds: Mapping[str, str]) -> Row:
    """A row with the settings that follow from its cycle and marks; `kinds`: of the roles, by code."""
    found: Row = {"note": "", **row, "marks": dict(row["marks"])}
    if is_heading(row):
        return {**found, "is_heading": True}
    mains = [role for role, mark in row["marks"].items() if mark == Mark.MAIN]
    if any(kinds.get(role) == Organization.Kind.MEMBER for role in mains):
        found["scope"] = Scope.EACH.value
    if len(mains) > 1:
        found["sharing"] = Sharing.ANY.value
    if row["cycle"] in RULES:
        found["schedule"] = dict(RULES[row["cycle"]])
    if row["cycle"] in ON_DEMAND:
        found["is_entry"] = True
    return found


def is_heading(row: Mapping[str, Any]) -> bool:
    return not row["cycle"] and not row["marks"]


def said_of_new(row: Row) -> str:
    """What was decided for a new row, in one sentence."""
    if row.get("is_heading"):
        return _("新しい行です。周期も担当区分もないので、見出し行とします。")
    rules = {
        Cycle.DAILY.value: _("周期設定は仮に「毎開庁日」とします。"),
        Cycle.MONTHLY.value: _("周期設定は仮に「月の最初の開庁日から最後の開庁日まで」とします。"),
        Cycle.YEARLY.value: _("周期設定は仮に「4月の最初の開庁日から3月の最後の開庁日まで」とします。"),
    }
    return _("新しい行です。%(rule)s改定案で設定を確かめてください。") % {"rule": rules.get(row["cycle"], "")}


def reconciled(row: Row, old: Row) -> Iterator[str]:
    """Take from the matched `row` the settings that its new cells rule out; says each."""
    if is_heading(row) and not old.get("is_heading"):
        yield _("周期も担当区分もなくなりました。見出し行にするなら、改定案で直してください。")
    if old.get("is_heading") and not is_heading(row):
        row.pop("is_heading")
        yield _("見出し行だった行に周期か担当区分が入ったので、見出しではなくします。")
    if row["cycle"] == old["cycle"]:
        return
    if row["cycle"] not in SCHEDULED:
        if row.pop("schedule", None) is not None:
            yield _("周期が変わり、周期設定はなくなります。")
    elif (
        old["cycle"] in (Cycle.MONTHLY, Cycle.YEARLY)
        and row["cycle"] in (Cycle.MONTHLY, Cycle.YEARLY)
        and "schedule" in old
    ):
        yield _("周期が変わりました。周期設定は元のままなので、改定案で確かめてください。")
    else:
        row["schedule"] = dict(RULES[row["cycle"]])
        yield said_of_new(row).replace(_("新しい行です。"), _("周期が変わりました。"))


def place_under_headings(rows: Sequence[Row], new_keys: set[int]) -> Iterator[tuple[int, str]]:
    """Give new rows their heading where that is plain: below a new one until the next group, and between two
    rows of one heading. Yields (place, sentence) for each new heading."""
    for at, row in enumerate(rows):
        if row["key"] not in new_keys:
            continue
        if row.get("is_heading"):
            below = list(_below(rows, at, new_keys))
            for child in below:
                child["parent"] = row["key"]
            if below:
                words = _("No.%(first)s〜No.%(last)s をこの見出しの下に置きます。")
                yield at, words % {"first": below[0]["number"], "last": below[-1]["number"]}
        elif "parent" not in row and 0 < at < len(rows) - 1:
            above, next_ = rows[at - 1].get("parent"), rows[at + 1].get("parent")
            if above is not None and above == next_:
                row["parent"] = above


def _below(rows: Sequence[Row], at: int, new_keys: set[int]) -> Iterator[Row]:
    for row in rows[at + 1 :]:
        is_plain = row["key"] in new_keys and not row.get("is_heading") and "parent" not in row
        if row["category"] or row["section"] or not is_plain:
            return
        yield row
