"""The bar of steps of a case, pure: order, looks, what may still come."""

import pytest

from tasks.casepage.bar import boxes
from tasks.chain import Edge, Graph, Step

# 1 → 2 or 3 by choice; 4 confirms 2, 5 confirms 3; 4 and 5 lead to 6; 1 → 7 → 6.
GRAPH = Graph(
    [
        Edge(1, 2, "chosen"), Edge(1, 3, "chosen"), Edge(2, 4, "auto"), Edge(3, 5, "auto"),
        Edge(4, 2, "confirming"), Edge(5, 3, "confirming"), Edge(4, 6, "auto"), Edge(5, 6, "auto"),
        Edge(1, 7, "auto"), Edge(7, 6, "auto"),
    ],
    frozenset({4, 5}),
)  # fmt: skip


def step(number, key, state="done", round=1, place=0, leads=(), ng=False):
    return Step(key, place, round, state, frozenset(leads), ng, number=number)


def words(steps):
    """done 1, now 2/2 (round 2), todo 3|5."""
    return [
        f"{b.look} {'|'.join(map(str, b.keys))}" + (f"/{b.round}" if b.round > 1 else "")
        for b in boxes(GRAPH, steps, 1)
    ]


FIRST = step(1, 1, leads=(2, 7))


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([step(1, 1, "open")], ["now 1", "todo 7", "todo 2|3", "todo 4|5", "todo 6"]),
        (
            [FIRST, step(2, 2, "open"), step(3, 7, "skipped")],
            ["done 1", "now 2", "skipped 7", "todo 4", "todo 6"],
        ),
        (
            [FIRST, step(2, 2, leads=(4,)), step(3, 4, ng=True, place=8), step(4, 2, "open", 2)],
            ["done 1", "done 2", "ng 4", "now 2/2", "todo 4/2", "todo 6", "todo 7"],
        ),
        (  # 9 had not said anything yet: it moved to the second round, which stands after the work
            [
                FIRST, step(2, 2, leads=(4,)), step(3, 4, ng=True, place=8), step(4, 4, "open", 2, place=9),
                step(5, 2, round=2, leads=(4,)), step(6, 4, "open", 2, place=8), step(7, 7),
            ],
            ["done 1", "done 2", "ng 4", "done 2/2", "now 4/2", "done 7", "todo 6"],
        ),
        ([step(1, 1, leads=(7,)), step(2, 7, leads=(6,)), step(3, 6)], ["done 1", "done 7", "done 6"]),
    ],
)  # fmt: skip
def test_it_works(steps, said):
    found = words(steps)
    assert sorted(found) == sorted(said)
    assert [w for w in found if "todo" not in w] == [w for w in said if "todo" not in w]
