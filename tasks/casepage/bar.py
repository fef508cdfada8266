"""The bar of steps of a case: what is done, what is asked now, what may still come. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from raci.models import FollowUp
from tasks.chain import DONE, OPEN, SKIPPED, Graph, Step

NOW, NG, TODO = "now", "ng", "todo"


@dataclass(frozen=True)
class Box:
    """One place of the bar: the steps `numbers` of one duty and round, or what is still to come.

    `look` is done, skipped, ng, now or todo. Of several `keys` the closer of a step before chooses."""

    keys: tuple[int, ...]
    round: int
    look: str
    numbers: tuple[int, ...] = ()
    is_optional: bool = False


def boxes(graph: Graph, steps: Sequence[Step], entry: int) -> list[Box]:
    """What was opened, in that order, and after it what may still come."""
    there: dict[tuple[int, int], list[Step]] = {}
    for step in steps:
        there.setdefault((step.key, step.round), []).append(step)
    order = sorted(there, key=lambda of: _since(graph, steps, there[of]))
    past = [
        Box((key,), round, look_of(there[key, round]), tuple(s.number for s in there[key, round]))
        for key, round in order
    ]
    return [*past, *_coming(graph, steps, entry)]


def _since(graph: Graph, steps: Sequence[Step], group: Sequence[Step]) -> tuple[int, int]:
    """Where a round stands: a confirmation that moved to it, after the work that it confirms."""
    key, round = group[0].key, group[0].round
    works = [s.number for s in steps if s.key in graph.confirms(key) and s.round <= round]
    first = min(s.number for s in group)
    return (first, 0) if round == 1 or first > max(works, default=0) else (max(works), 1)


def look_of(group: Iterable[Step]) -> str:
    states = list(group)
    if any(s.state == OPEN for s in states):
        return NOW
    if any(s.is_ng for s in states):
        return NG
    return SKIPPED if all(s.state == SKIPPED for s in states) else DONE


def _coming(graph: Graph, steps: Sequence[Step], entry: int) -> list[Box]:
    """Nothing comes after the last open step."""
    last = {s.key: s for s in steps}
    todo = [s.key for s in steps if s.state == OPEN]
    if not todo:
        return []
    asked = [key for s in steps if s.state == DONE and not s.is_ng for key in s.leads if key not in last]
    found: dict[tuple[int, ...], bool] = {(key,): False for key in asked}
    todo += asked
    seen = set(todo)
    while todo:
        key = todo.pop(0)
        is_closed = key in last and last[key].state != OPEN
        for keys, is_optional in [] if is_closed else _next(graph, key, last):
            found.setdefault(keys, is_optional)
            todo += [k for k in keys if k not in seen]
            seen |= set(keys)
    rank = _depths(graph, entry)
    order = sorted(_merged(graph, found), key=lambda of: (min(rank.get(k, 0) for k in of[0]), of[0]))
    return [Box(keys, _round(keys, last), TODO, is_optional=is_optional) for keys, is_optional in order]


def _next(graph: Graph, key: int, last: Mapping[int, Step]) -> list[tuple[tuple[int, ...], bool]]:
    """(keys, whether they need not come) after `key`: its automatic targets, and its choices as one."""
    of = {kind: _targets(graph, key, kind, last) for kind in (FollowUp.Kind.AUTO, FollowUp.Kind.CHOSEN)}
    found: list[tuple[tuple[int, ...], bool]] = [((target,), False) for target in of[FollowUp.Kind.AUTO]]
    chosen = of[FollowUp.Kind.CHOSEN]
    return [*found, (tuple(chosen), True)] if chosen else found


def _targets(graph: Graph, key: int, kind: str, last: Mapping[int, Step]) -> list[int]:
    """Targets that are not there yet, or that confirm anew what is being done again."""
    keys = {e.target for e in graph.edges if e.source == key and e.kind == kind and e.target != key}
    return sorted(k for k in keys if k not in last or (last[k].is_ng and key in graph.confirms(k)))


def _merged(graph: Graph, found: Mapping[tuple[int, ...], bool]) -> list[tuple[tuple[int, ...], bool]]:
    """What follows only one of several choices stands as one place, like the choices."""
    groups = [keys for keys, _optional in found.items() if len(keys) > 1]
    left = dict(found)
    for group in groups:
        after = [k for k in (key for (key, *more) in found if not more) if _leads_one(graph, group, k)]
        if len(after) > 1:
            for key in after:
                left.pop((key,))
            left[tuple(sorted(after))] = True
    return list(left.items())


def _leads_one(graph: Graph, group: Collection[int], key: int) -> bool:
    """Whether exactly one of `group` leads to `key` by itself."""
    return (
        sum(e.source in group and e.target == key and e.kind == FollowUp.Kind.AUTO for e in graph.edges) == 1
    )


def _round(keys: Sequence[int], last: Mapping[int, Step]) -> int:
    return last[keys[0]].round + 1 if keys[0] in last else 1


def _depths(graph: Graph, entry: int) -> dict[int, int]:
    """How many steps each duty is from the entry, on the longest way."""
    chain = graph.chain(entry)
    edges = {(e.source, e.target) for e in graph.edges if e.kind != FollowUp.Kind.CONFIRMING}
    edges = {(a, b) for a, b in edges if a in chain and b in chain and a != b}
    depth = dict.fromkeys(chain, 0)
    for _turn in chain:  # no way is longer than there are duties
        for a, b in sorted(edges):
            depth[b] = max(depth[b], min(depth[a] + 1, len(chain)))
    return depth
