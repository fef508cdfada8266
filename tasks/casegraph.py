"""The edges of a published edition as a graph, and who reads its cases; kept, as it never changes."""

from __future__ import annotations

from functools import lru_cache

from raci.models import Assignment, Duty, FollowUp, Scope, Signer

from .chain import Edge, Graph


@lru_cache(maxsize=64)
def followups_of(edition_id: int) -> dict[int, tuple[FollowUp, ...]]:
    """Every edge of a *published* edition in order, by the key of the duty from which it goes."""
    found: dict[int, tuple[FollowUp, ...]] = {}
    rows = FollowUp.objects.filter(duty__edition=edition_id).select_related("duty")
    for edge in rows.order_by("duty__position", "position"):
        found[edge.duty.key] = (*found.get(edge.duty.key, ()), edge)
    return found


@lru_cache(maxsize=64)
def graph_of(edition_id: int) -> Graph:
    """The graph of a *published* edition; links to other cases are no part of it."""
    each = Duty.objects.filter(edition=edition_id, scope=Scope.EACH)
    return Graph(
        tuple(
            Edge(key, edge.target_key, edge.kind)
            for key, edges in followups_of(edition_id).items()
            for edge in edges
            if edge.kind != FollowUp.Kind.LINKED
        ),
        frozenset(each.values_list("key", flat=True)),
    )


@lru_cache(maxsize=1024)
def entries_read_by(edition_id: int, role_id: int) -> frozenset[int]:
    """Ids of the duties whose cases the role reads: it has a mark somewhere on their chain."""
    duties = dict(Duty.objects.filter(edition=edition_id, is_entry=True).values_list("key", "pk"))
    of = {"duty__edition": edition_id, "role": role_id}
    marked = set(Assignment.objects.filter(**of).values_list("duty__key", flat=True))
    marked |= set(Signer.objects.filter(**of).values_list("duty__key", flat=True))
    graph = graph_of(edition_id)
    return frozenset(pk for key, pk in duties.items() if graph.chain(key) & marked)


def forget() -> None:
    """Ask anew; tests that roll their database back call it."""
    followups_of.cache_clear()
    graph_of.cache_clear()
    entries_read_by.cache_clear()
