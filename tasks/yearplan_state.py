"""The state of several lots at once, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .yearplan import DONE, OPEN, OVER, PLANNED, RUNNING, SKIPPED, Lot

WORDS: dict[str, str | Promise] = {
    DONE: gettext_lazy("完了"),
    RUNNING: gettext_lazy("作業中"),
    OPEN: gettext_lazy("未着手"),
    PLANNED: gettext_lazy("予定"),
    OVER: gettext_lazy("超過"),
    SKIPPED: gettext_lazy("対象外"),
}
#: Of what should be there by now: generation has not made it.
NOT_MADE = gettext_lazy("作成待ち")
#: The pill of each state.
PILLS = {DONE: "done", RUNNING: "run", OPEN: "", PLANNED: "na", OVER: "bad", SKIPPED: "na"}
SUMS = ("all", "done", "skipped", "begun", "late", "planned", "organizations")


def merged(lots: Iterable[Lot]) -> Lot:
    """One lot of several of the same duty: their sums, from the first opening to the last due day."""
    lots = list(lots)
    return lots[0]._replace(
        opens_on=min(lot.opens_on for lot in lots),
        due_on=max(lot.due_on for lot in lots),
        **{name: sum(getattr(lot, name) for lot in lots) for name in SUMS},
    )


def word_of(lot: Lot, today: date) -> str:
    """The state in a word; what is to come on a day that is past was not made."""
    return str(NOT_MADE if lot.state == PLANNED and lot.due_on < today else WORDS[lot.state])


def count_of(lot: Lot) -> str:
    """3/60件, how many of how many are finished; "" of one."""
    return _("%(done)s/%(all)s件") % {"done": lot.done + lot.skipped, "all": lot.all} if lot.all > 1 else ""
