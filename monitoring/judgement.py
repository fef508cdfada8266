"""How answers are judged: the level of one, and the state of a check by the last ones. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from .models.watch import State

GOOD, MIDDLING, BAD = 0, 1, 2
#: Quantities of which little is bad: days until something ends or is full.
BELOW = frozenset({"days", "days_to_full"})
#: As many answers as any rule looks at.
KEPT = 20


class Rule(Protocol):
    """n of m, and how many good ones in a row end it."""

    bad_of: int
    window: int
    good_in_a_row: int


def level(ok: bool, values: Mapping[str, float], limits: Mapping[str, Mapping[str, float]]) -> int:
    """BAD if it failed or a value is beyond `critical`, MIDDLING beyond `warning`, else GOOD."""
    if not ok:
        return BAD
    return max((_level(name, values[name], limits[name]) for name in values if name in limits), default=GOOD)


def _level(name: str, value: float, limits: Mapping[str, float]) -> int:
    for limit, found in (("critical", BAD), ("warning", MIDDLING)):
        if limit in limits and is_beyond(name, value, limits[limit]):
            return found
    return GOOD


def is_beyond(name: str, value: float, limit: float) -> bool:
    """A value at its limit is beyond it."""
    return value <= limit if name.rpartition(".")[2] in BELOW else value >= limit


def remembered(recent: Sequence[int], found: int) -> list[int]:
    """The last answers with the newest one."""
    return [*recent, found][-KEPT:]


def state_after(rule: Rule, before: str, recent: Sequence[int]) -> str:
    """The state after `recent`, whose last answer is the newest; `before` is the one until now.

    It falls on `bad_of` of the last `window`, and rises after `good_in_a_row`, from where counting begins
    anew: a value that dances about its limit makes no alert a minute."""
    run = rule.good_in_a_row
    calm = max(recent[-run:]) if len(recent) >= run else BAD
    if calm == GOOD:
        return State.UP
    if before == State.DOWN:
        return State.DOWN if calm == BAD else State.WARNING
    last = recent[-rule.window :]
    if _count(last, BAD, run) >= rule.bad_of:
        return State.DOWN
    if before == State.WARNING or _count(last, MIDDLING, run) >= rule.bad_of:
        return State.WARNING
    return State.UP if recent[-1] == GOOD else before


def _count(last: Sequence[int], least: int, run: int) -> int:
    """How many of `last` are `least` or worse, since the last `run` better ones in a row."""
    count = better = 0
    for found in last:
        better = better + 1 if found < least else 0
        count = 0 if better >= run else count + (found >= least)
    return count
