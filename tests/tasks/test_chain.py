"""The chains of cases, pure: what opens when, rounds, and that every case ends, whatever the graph."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from raci import fixture
from tasks.chain import (
    DONE,
    OPEN,
    SKIPPED,
    Edge,
    Graph,
    Step,
    is_over,
    moved,
    openings,
    rework,
    reworkable,
    unfinished_work,
)


class Walk:
    """A case walked by hand: `w.close(16, choose=(18, 20))` and so on; `w.open` says what is open."""

    def __init__(self, graph, entry, concerned=(1,)):
        self.graph, self.concerned, self.steps = graph, concerned, []
        for place in graph.places(entry, concerned):
            self._add(entry, place, 1)

    def _add(self, key, place, number):
        self.steps.append(Step(key, place, number, OPEN, number=len(self.steps)))

    @property
    def open(self):
        found = [(s.key, s.place) if s.place else s.key for s in self.steps if s.state == OPEN]
        return sorted(found, key=str)

    def at(self, key, place=0):
        return next(s for s in self.steps if (s.key, s.place, s.state) == (key, place, OPEN))

    def _end(self, step, **changes):
        done = Step(**{**step.__dict__, "state": DONE, **changes})
        self.steps[step.number] = done
        if done.key in {e.target for e in self.graph.edges if e.kind == "confirming"} and done.state == DONE:
            for late in moved(self.graph, self.steps, done):
                self.steps[late.number] = Step(**{**late.__dict__, "round": late.round + 1})
        for opening in openings(self.graph, self.steps, self.concerned):
            self._add(opening.key, opening.place, opening.round)
        return done

    def autos(self, key):
        """As following.automatic: nothing leads to itself without being chosen."""
        return {e.target for e in self.graph.edges if e.source == key != e.target and e.kind == "auto"}

    def close(self, key, place=0, choose=(), asks_all=False):
        leads = frozenset(self.autos(key) | set(choose))
        self._end(self.at(key, place), leads=leads, asks_all=asks_all)

    def skip(self, key, place=0):
        self._end(self.at(key, place), state=SKIPPED, leads=frozenset(self.autos(key)))

    def ng(self, key, place=0, again=()):
        step = self.at(key, place)
        self.steps[step.number] = Step(**{**step.__dict__, "state": DONE, "is_ng": True})
        again = again or reworkable(self.graph, self.steps, key)
        for opening in rework(self.graph, self.steps, self.steps[step.number], again):
            self._add(opening.key, opening.place, opening.round)
        for opening in openings(self.graph, self.steps, self.concerned):
            self._add(opening.key, opening.place, opening.round)


@pytest.fixture(scope="module")
def graph():
    """The edges of the 60 rows, our reading."""
    rows = fixture.source()["duties"]
    edges = [Edge(r["key"], f["target"], f["kind"]) for r in rows for f in r.get("followups", ())]
    return Graph(edges, {r["key"] for r in rows if r.get("scope") == "each"})


def test_an_incident(graph):
    w = Walk(graph, 15, (1, 2))
    w.close(15)
    assert w.open == [16, 24]
    w.close(16, choose=(18, 20, 23))
    assert w.open == [(23, 1), (23, 2), 18, 20, 24]


def test_all_works_end_before_the_recovery_is_confirmed(graph):
    w = Walk(graph, 15, (1, 2))
    w.close(15)
    w.close(16, choose=(18, 20, 23))
    for step in ((18, 0), (23, 1), (20, 0)):
        w.close(*step)
        assert 25 not in w.open
    w.close(23, 2)
    assert w.open == [24, 25]
    w.ng(25, again=(18,))
    assert w.open == [18, 24]
    w.close(18)
    assert w.open == [24, 25]
    w.close(25)
    assert w.open == [24], "26 waits for 24, which leads to it"
    w.close(24)
    assert w.open == [26]
    w.close(26)
    assert is_over(graph, w.steps, w.concerned)


def test_a_second_ng_sends_back_another_work(graph):
    """Rounds are of each work: 20 is in its second round when 18 is in its second too."""
    w = Walk(graph, 15)
    w.close(15)
    w.close(16, choose=(18, 20))
    w.close(18)
    w.close(20)
    for again in (18, 20):
        w.ng(25, again=(again,))
        w.close(again)
        assert 25 in w.open
    assert [s.round for s in w.steps if s.key == 25] == [1, 2, 3]


def test_a_common_confirmation_sends_back_the_work_of_every_municipality(graph):
    w = Walk(graph, 15, (1, 2))
    w.close(15)
    w.close(16, choose=(23,))
    w.close(23, 1)
    w.close(23, 2)
    w.ng(25, again=(23,))
    assert w.open == [(23, 1), (23, 2), 24]
    assert [s.round for s in w.steps if s.key == 23] == [1, 1, 2, 2]


def test_a_false_alarm(graph):
    w = Walk(graph, 15)
    w.close(15)
    w.close(16)
    assert w.open == [24]
    w.skip(24)
    assert w.open == [26]
    w.skip(26)
    assert is_over(graph, w.steps, w.concerned)


def test_a_change_of_three_municipalities_with_one_ng(graph):
    w = Walk(graph, 44, (1, 2, 3))
    w.close(44, choose=(52,))
    w.close(52)
    assert w.open == [(53, 1), (53, 2), (53, 3)]
    w.close(53, 1)
    w.ng(53, 2)
    assert w.open == [(53, 3), 52]
    assert unfinished_work(graph, w.steps, 53)
    w.close(52)
    assert w.open == [(53, 2), (53, 3)], "OK is kept; who had not answered is asked of the new round"
    assert [s.round for s in w.steps if s.key == 53] == [1, 1, 2, 2]
    w.close(53, 2)
    w.close(53, 3)
    assert is_over(graph, w.steps, w.concerned)


def test_a_further_ng_is_added_to_the_open_round(graph):
    w = Walk(graph, 44, (1, 2))
    w.close(44, choose=(52,))
    w.close(52)
    w.ng(53, 1)
    w.ng(53, 2)
    assert w.open == [52]
    w.close(52)
    assert w.open == [(53, 1), (53, 2)]


def test_all_are_asked_again(graph):
    w = Walk(graph, 44, (1, 2))
    w.close(44, choose=(52,))
    w.close(52)
    w.close(53, 1)
    w.ng(53, 2)
    w.close(52, asks_all=True)
    assert w.open == [(53, 1), (53, 2)]


def test_two_kinds_of_change(graph):
    w = Walk(graph, 45, (1,))
    w.close(45, 1, choose=(46, 52))
    w.close(46)
    assert w.open == [(47, 1), 52]
    w.close(47, 1)
    w.close(52)
    w.close(53, 1)
    assert is_over(graph, w.steps, w.concerned)


def test_two_deliveries(graph):
    w = Walk(graph, 40)
    w.close(40)
    w.close(41)
    w.close(42, choose=(42,))
    assert w.open == [42], "43 waits until all has come"
    w.close(42)
    assert w.open == [43]
    w.close(43)
    assert is_over(graph, w.steps, w.concerned)
    assert [s.round for s in w.steps if s.key == 42] == [1, 2]


def test_an_inquiry_answered_at_once(graph):
    w = Walk(graph, 54)
    w.close(54, choose=(56,))
    assert set(w.open) <= {55, 56}


def test_a_work_added_after_the_confirmation_is_confirmed_too(graph):
    w = Walk(graph, 15)
    w.close(15)
    w.close(16, choose=(18,))
    w.close(18)
    w.close(25)
    sixteen = next(s for s in w.steps if s.key == 16)
    w.steps[sixteen.number] = Step(**{**sixteen.__dict__, "leads": sixteen.leads | {22}})
    for opening in openings(graph, w.steps, w.concerned):
        w._add(opening.key, opening.place, opening.round)
    assert 22 in w.open
    w.close(22)
    assert 25 in w.open


# --- whatever the graph ---------------------------------------------------------------------------------

KINDS = st.sampled_from(["auto", "auto", "chosen", "confirming"])
EDGES = st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8), KINDS), max_size=20, unique=True)


@given(EDGES, st.sets(st.integers(1, 8)), st.integers(0, 2**32))
@example([(1, 1, "auto"), (1, 1, "chosen")], set(), 0)
@settings(max_examples=100, deadline=None)
def test_every_case_ends_and_nothing_opens_twice(edges, each, seed):
    """People close, skip, choose and say NG at random; an oracle looks at every state."""
    luck = random.Random(seed)
    graph = Graph([Edge(*e) for e in edges], each)
    w = Walk(graph, 1, (1, 2))
    bad = 6  # NG at most so often: people want to go home
    for _ in range(400):
        if not any(s.state == OPEN for s in w.steps):
            break
        step = luck.choice([s for s in w.steps if s.state == OPEN])
        choices = [e.target for e in graph.edges if e.source == step.key and e.kind == "chosen"]
        if bad and graph.confirms(step.key) and reworkable(graph, w.steps, step.key) and luck.random() < 0.4:
            bad -= 1
            w.ng(step.key, step.place)
        elif luck.random() < 0.2:
            w.skip(step.key, step.place)
        else:
            chosen = [c for c in choices if luck.random() < 0.5 and c != step.key]
            w.close(step.key, step.place, choose=chosen, asks_all=luck.random() < 0.1 and bad > 0)
        look(graph, w)
    assert is_over(graph, w.steps, w.concerned), "a case that can't end"
    asked = {(t, p) for s in w.steps for t in s.leads for p in graph.places(t, w.concerned)}
    assert asked <= {(s.key, s.place) for s in w.steps}, "a step was forgotten"


def look(graph, w):
    lines = {}
    for s in w.steps:
        lines.setdefault((s.key, s.place), []).append(s)
    for line in lines.values():
        assert sum(s.state == OPEN for s in line) <= 1, "one step opened twice"
        assert len({s.round for s in line if s.state != OPEN}) == len([s for s in line if s.state != OPEN])
    if not any(s.state == OPEN for s in w.steps):
        assert not openings(graph, w.steps, w.concerned), "a case that ends early"
