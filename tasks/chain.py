"""Which steps of a case open next. Pure: edges and steps in, what is to be opened out.

A step opens once: when a step before it is done or skipped and no open step of the case leads to it any more,
along whatever edges. A confirmation that said NG is asked again when the work is done once more; one that was
still open moves to that round; one that said OK keeps it, unless all are to be asked again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from raci.models import FollowUp

OPEN, DONE, SKIPPED = "open", "done", "skipped"
FORWARD = (FollowUp.Kind.AUTO, FollowUp.Kind.CHOSEN)


class Edge(NamedTuple):
    """From the key of one duty to that of another; `kind` as in FollowUp."""

    source: int
    target: int
    kind: str


@dataclass(frozen=True)
class Step:
    """One step. `place` is the organization of a step that each municipality has, 0 of a common one.

    `leads` are the targets that its closing asks for: automatic ones whose condition holds, and the chosen.
    `is_ng` of a confirmation: it asks for another round, and for nothing else.
    `asks_all` of a work: those that said OK confirm again too."""

    key: int
    place: int
    round: int
    state: str
    leads: frozenset[int] = frozenset()
    is_ng: bool = False
    asks_all: bool = False
    number: int = 0  # in the order of opening


class Opening(NamedTuple):
    """A step to be opened, by which closing."""

    key: int
    place: int
    round: int
    by: int  # the number of the step whose closing asks for it


@dataclass(frozen=True)
class Graph:
    """The edges of one edition among the duties of a case; `each` are keys of steps per municipality."""

    edges: Sequence[Edge]
    each: Collection[int] = field(default_factory=frozenset)

    def confirms(self, key: int) -> frozenset[int]:
        """The works that the duty confirms."""
        return frozenset(
            e.target for e in self.edges if e.source == key and e.kind == FollowUp.Kind.CONFIRMING
        )

    def confirmed_by(self, key: int) -> frozenset[int]:
        return frozenset(
            e.source for e in self.edges if e.target == key and e.kind == FollowUp.Kind.CONFIRMING
        )

    def reach(self, keys: Iterable[int]) -> set[int]:
        """What the duties `keys` lead to, in one step or more; confirmations and other cases left out."""
        after: dict[int, set[int]] = {}
        for edge in self.edges:
            if edge.kind in FORWARD:
                after.setdefault(edge.source, set()).add(edge.target)
        found: set[int] = set()
        todo = list(keys)
        while todo:
            for target in after.get(todo.pop(), set()) - found:
                found.add(target)
                todo.append(target)
        return found

    def chain(self, entry: int) -> set[int]:
        """Every duty that a case raised at `entry` may come to."""
        return {entry, *self.reach([entry])}

    def places(self, key: int, concerned: Sequence[int]) -> Sequence[int]:
        return concerned if key in self.each else (0,)


def openings(graph: Graph, steps: Sequence[Step], concerned: Sequence[int]) -> list[Opening]:
    """What is to be opened now, in the order of the closings that ask for it."""
    waiting = graph.reach({s.key for s in steps if s.state == OPEN})
    lines: dict[tuple[int, int], list[Step]] = {}
    for step in steps:
        lines.setdefault((step.key, step.place), []).append(step)
    found: dict[tuple[int, int], Opening] = {}
    for step in sorted((s for s in steps if s.state != OPEN), key=lambda s: s.number):
        for target in sorted(step.leads - waiting):
            for place in graph.places(target, concerned):
                number = _round(graph, step, target, lines.get((target, place), ()))
                if number and (target, place) not in found:
                    found[target, place] = Opening(target, place, number, step.number)
    later = _led_to(graph, {target for target, _place in found})
    return [opening for (target, _place), opening in found.items() if target not in later]


def _led_to(graph: Graph, targets: set[int]) -> set[int]:
    """Those of `targets` that wait for another one, which leads to them and not the other way round."""
    reach = {target: graph.reach([target]) for target in targets}
    return {t for t in targets for u in targets if t != u and t in reach[u] and u not in reach[t]}


def _round(graph: Graph, step: Step, target: int, line: Sequence[Step]) -> int:
    """The round that the closing of `step` asks of `target`; 0 if it is there already."""
    if any(s.state == OPEN for s in line):
        return 0
    last = max(line, key=lambda s: s.number, default=None)
    if last is None:
        return 1
    if target == step.key:  # chosen once more: 分納. By itself nothing repeats.
        is_chosen = Edge(target, target, FollowUp.Kind.CHOSEN.value) in graph.edges
        return step.round + 1 if is_chosen and last.number == step.number else 0
    is_new = step.round == 1  # a work that was added after all had confirmed
    if step.key in graph.confirms(target) and step.number > last.number:
        return last.round + 1 if last.is_ng or step.asks_all or is_new else 0
    return 0


def rework(graph: Graph, steps: Sequence[Step], confirmation: Step, again: Iterable[int]) -> list[Opening]:
    """The works to be opened once more because `confirmation` said NG; one that is open takes it up.

    A common confirmation sends back the work of every municipality."""
    works = sorted(set(again) & graph.confirms(confirmation.key))
    lines: dict[tuple[int, int], list[Step]] = {}
    for step in steps:
        if step.key in works and (not confirmation.place or step.place in (0, confirmation.place)):
            lines.setdefault((step.key, step.place), []).append(step)
    return [
        Opening(key, place, max(s.round for s in line) + 1, confirmation.number)
        for (key, place), line in sorted(lines.items())
        if not any(s.state == OPEN for s in line)
    ]


def reworkable(graph: Graph, steps: Sequence[Step], key: int) -> list[int]:
    """Keys of the works that a confirmation `key` can send back: those that the case has."""
    works = [s for s in steps if s.key in graph.confirms(key)]
    done = {s.key for s in works if s.state != SKIPPED}
    return sorted(done or {s.key for s in works})


def moved(graph: Graph, steps: Sequence[Step], work: Step) -> list[Step]:
    """Confirmations still open from before `work`, which is done now: they move to the next round."""
    of = graph.confirmed_by(work.key)
    return [s for s in steps if s.key in of and s.state == OPEN and s.number < work.number]


def is_over(graph: Graph, steps: Sequence[Step], concerned: Sequence[int]) -> bool:
    """No step is open and none is to be opened."""
    return not any(s.state == OPEN for s in steps) and not openings(graph, steps, concerned)


def unfinished_work(graph: Graph, steps: Sequence[Step], key: int) -> list[Step]:
    """Works that the duty `key` confirms and that are open again: no OK while one is."""
    works = graph.confirms(key)
    return [s for s in steps if s.key in works and s.state == OPEN]
