"""A published edition at a glance: duties with marks and edges, kept in the process as it never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from .content import fingerprint, settings_of
from .matrix import resolved
from .models import Assignment, Duty, DutyField, FollowUp, Mark, Signer
from .models.field import FieldKind


@dataclass(frozen=True)
class Line:
    """One duty. `section` also where the sheet says "as above"; `files`: how many files it asks for."""

    duty: Duty = field(repr=False)
    section: str
    files: int
    marks: Mapping[int, str] = field(repr=False)  # role id -> mark
    signers: tuple[str, ...]  # names of their roles, in order
    signer_roles: tuple[int, ...] = ()
    fingerprint: str = ""  # of the settings that people confirm

    @property
    def key(self) -> int:
        return self.duty.key

    @property
    def number(self) -> int:
        return self.duty.number

    @property
    def work(self) -> str:
        return self.duty.work

    @property
    def cycle(self) -> str:
        return self.duty.cycle

    @property
    def short(self) -> str:
        """The work without what the sheet says in brackets: オペレーション依頼書."""
        return self.duty.work.partition("(")[0] or self.duty.work

    def roles_with(self, mark: str = Mark.MAIN) -> list[int]:
        return [role for role, found in self.marks.items() if found == mark]


@dataclass(frozen=True)
class Outline:
    """`lines` by duty id, `keys` by key; `before` and `after` by key, along automatic edges; `followups` are
    all edges, by the key from which they go."""

    lines: Mapping[int, Line]
    keys: Mapping[int, Line]
    before: Mapping[int, tuple[int, ...]]
    after: Mapping[int, tuple[int, ...]]
    followups: Mapping[int, tuple[FollowUp, ...]]

    def chain(self, cycle: str, key: int) -> tuple[int, ...]:
        """The longest way through `key` along the edges between duties of one cycle; () without any."""
        keys = frozenset(line.key for line in self.lines.values() if line.cycle == cycle)
        if key not in keys:
            return ()
        back = _longest(self.before, key, keys)
        return (*reversed(back[1:]), *_longest(self.after, key, keys))


def _longest(edges: Mapping[int, tuple[int, ...]], key: int, keys: frozenset[int]) -> tuple[int, ...]:
    ways = [_longest(edges, k, keys - {key}) for k in edges.get(key, ()) if k in keys and k != key]
    return (key, *max(ways, key=len, default=()))


@lru_cache(maxsize=64)
def outline_of(edition_id: int) -> Outline:
    """The outline of a *published* edition."""
    marks: dict[int, dict[int, str]] = {}
    for duty_id, role, mark in Assignment.objects.filter(duty__edition=edition_id).values_list(
        "duty_id", "role_id", "mark"
    ):
        marks.setdefault(duty_id, {})[role] = mark
    signers: dict[int, list[Signer]] = {}
    order = Signer.objects.filter(duty__edition=edition_id).order_by("duty", "position")
    for signer in order.select_related("role"):
        signers.setdefault(signer.duty_id, []).append(signer)
    files: dict[int, int] = {}
    asked = DutyField.objects.filter(duty__edition=edition_id, kind=FieldKind.FILE, is_required=True)
    for duty_id in asked.values_list("duty_id", flat=True):
        files[duty_id] = files.get(duty_id, 0) + 1
    rows = Duty.objects.filter(edition=edition_id).select_related("schedule", "edition")
    duties = list(rows.defer("edition__state").order_by("position"))  # the one thing that may still change
    lines: dict[int, Line] = {}
    for duty, (_category, section) in zip(duties, resolved(duties), strict=True):
        lines[duty.pk] = Line(
            duty=duty,
            section="".join(section.split()),
            files=files.get(duty.pk, 0),
            marks=marks.get(duty.pk, {}),
            signers=tuple(signer.role.name for signer in signers.get(duty.pk, ())),
            signer_roles=tuple(signer.role_id for signer in signers.get(duty.pk, ())),
            fingerprint=fingerprint({"cycle": duty.cycle, **settings_of(duty, signers.get(duty.pk, ()))}),
        )
    return Outline(lines, {line.key: line for line in lines.values()}, *_edges(edition_id))


def line_of(duty_id: int) -> Line:
    """The line of a duty of a *published* edition."""
    if duty_id not in _lines:
        edition = Duty.objects.values_list("edition_id", flat=True).get(pk=duty_id)
        _lines.update(outline_of(edition).lines)
    return _lines[duty_id]


_lines: dict[int, Line] = {}


def forget() -> None:
    outline_of.cache_clear()
    _lines.clear()


def _edges(edition_id: int) -> tuple[dict[int, tuple], dict[int, tuple], dict[int, tuple]]:
    """Before and after by key along automatic edges, and every edge in its order."""
    before: dict[int, tuple[int, ...]] = {}
    after: dict[int, tuple[int, ...]] = {}
    every: dict[int, tuple[FollowUp, ...]] = {}
    edges = FollowUp.objects.filter(duty__edition=edition_id).select_related("duty")
    for edge in edges.order_by("duty__position", "position"):
        key, target = edge.duty.key, edge.target_key
        every[key] = (*every.get(key, ()), edge)
        if edge.kind == FollowUp.Kind.AUTO:
            after[key] = (*after.get(key, ()), target)
            before[target] = (*before.get(target, ()), key)
    return before, after, every
