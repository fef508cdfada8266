"""Question: what will happen after a duty of a case: the duties that follow, in order, and who does them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Role
from raci.models import FollowUp, Mark, Scope
from raci.outline import Line, Outline, outline_of

from .casegraph import graph_of
from .chain import FORWARD

#: More duties at one place than these are counted.
NAMED = 2


@dataclass(frozen=True)
class Next:
    """A duty that follows; `who`: the names of the roles with ◎."""

    line: Line
    how: str
    who: str


def roles_named() -> dict[int, str]:
    """Names of the roles by id, as the matrix says them."""
    return dict(Role.objects.values_list("pk", "name"))


def layers(edition_id: int, key: int) -> list[list[Line]]:
    """The duties after `key` by how far they are along the longest way, as a published edition says."""
    depth: dict[int, int] = {}
    outline = outline_of(edition_id)
    _deepen(outline, key, 0, depth, frozenset())
    depth.pop(key)
    found: list[list[Line]] = [[] for _n in range(max(depth.values(), default=0))]
    for line in outline.keys.values():
        if line.key in depth:
            found[depth[line.key] - 1].append(line)
    return [rows for rows in found if rows]


def _deepen(outline: Outline, key: int, at: int, depth: dict[int, int], way: frozenset[int]) -> None:
    if at < depth.get(key, -1) or key in way:
        return
    depth[key] = at
    for edge in outline.followups.get(key, ()):
        if edge.kind in FORWARD and edge.target_key in outline.keys:
            _deepen(outline, edge.target_key, at + 1, depth, way | {key})


def in_short(edition_id: int, key: int) -> str:
    """影響範囲の決定 ほか1件 → サーバ障害 ほか5件 → 回復確認; "" if nothing follows."""
    return " → ".join(_names(rows) for rows in layers(edition_id, key))


def _names(rows: list[Line]) -> str:
    names = "・".join(line.short for line in rows[:NAMED])
    more = len(rows) - NAMED
    return _("%(names)s ほか%(n)s件") % {"names": names, "n": more} if more > 0 else names


def course(edition_id: int, key: int, roles: Mapping[int, str]) -> list[Next]:
    """Every duty after `key`, in order, with how it opens and who does it; other cases at the end."""
    graph, outline = graph_of(edition_id), outline_of(edition_id)
    found = [
        Next(line, _how(outline, line, bool(graph.confirms(line.key))), who(line, roles))
        for rows in layers(edition_id, key)
        for line in rows
    ]
    linked = (e for e in outline.followups.get(key, ()) if e.kind == FollowUp.Kind.LINKED)
    others = [outline.keys[e.target_key] for e in linked if e.target_key in outline.keys]
    return [
        *found,
        *(Next(line, _("必要なときに、別の案件として開きます"), who(line, roles)) for line in others),
    ]


def _how(outline: Outline, line: Line, is_confirming: bool) -> str:
    if is_confirming:
        return _("結果を確認します(だめならやり直しになります)")
    kinds = {e.kind for edges in outline.followups.values() for e in edges if e.target_key == line.key}
    if FollowUp.Kind.AUTO not in kinds:
        return _("前の作業を閉じる人が選びます")
    return _("前の作業が終わると開きます")


def who(line: Line, roles: Mapping[int, str]) -> str:
    """業務運用・HW/NW保守; 各構成団体 where each municipality has its own."""
    names = "・".join(roles[pk] for pk in roles if line.marks.get(pk) == Mark.MAIN)
    return _("各%(who)s") % {"who": names} if line.duty.scope == Scope.EACH else names
