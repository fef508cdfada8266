"""The edges of a published edition as a graph, and who reads its cases; kept, as it never changes."""

from __future__ import annotations

from functools import lru_cache

from raci.models import FollowUp, Scope
from raci.outline import outline_of

from .chain import Edge, Graph


@lru_cache(maxsize=64)
def graph_of(edition_id: int) -> Graph:
    """The graph of a *published* edition; links to other cases are no part of it."""
    outline = outline_of(edition_id)
    return Graph(
        tuple(
            Edge(key, edge.target_key, edge.kind)
            for key, edges in outline.followups.items()
            for edge in edges
            if edge.kind != FollowUp.Kind.LINKED
        ),
        frozenset(key for key, line in outline.keys.items() if line.duty.scope == Scope.EACH),
    )


@lru_cache(maxsize=1024)
def entries_read_by(edition_id: int, role_id: int) -> frozenset[int]:
    """Ids of the duties whose cases the role reads: it has a mark on their chain, or signs there."""
    graph, lines = graph_of(edition_id), outline_of(edition_id).lines.values()
    marked = {line.key for line in lines if role_id in line.marks or role_id in line.signer_roles}
    entries = (line for line in lines if line.duty.is_entry)
    return frozenset(line.duty.pk for line in entries if graph.chain(line.key) & marked)


def forget() -> None:
    """Ask anew; tests that roll their database back call it."""
    graph_of.cache_clear()
    entries_read_by.cache_clear()
