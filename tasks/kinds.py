"""Kinds of case: what an app above adds to cases of its own. It registers its kind in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from raci.models import CaseKind

from .clock import Span
from .models import Case, Task
from .stepdue import Answers


class OnCase(Protocol):
    def __call__(self, case: Case, /, *, by: Any, at: datetime) -> None: ...


class OnTask(Protocol):
    def __call__(self, task: Task, /, *, by: Any, at: datetime) -> None: ...


def _nothing(_row: Any, *, by: Any, at: datetime) -> None:
    pass


class Part(NamedTuple):
    """What an app adds to the page of a case: `place` is pills, sub, acts, main or aside; the template finds
    `what` under that name."""

    place: str
    template: str
    what: Any


@dataclass(frozen=True)
class Panel:
    """What an app above shows on the common page of a case: its template reads page, panel (`context`)."""

    template: str
    context: Mapping[str, Any]


def _no_panel(_page: Any) -> Panel | None:
    return None


@dataclass(frozen=True)
class Kind:
    """`opened`, `task_closed` and `changed` run in the transaction of the command; `changed` after everything
    that opened, closed or ended. `page`: the address of a case. `known`: the answers of a case, by duty and
    field, as they are judged today. `stops`: when its clock stood still. `parts` of a CasePage stand in its
    places, `panel` of it above its timeline; `hints` is the address that answers what is asked."""

    code: str
    page: Callable[[Case], str] | None = None
    opened: OnCase = _nothing
    task_closed: OnTask = _nothing
    changed: OnCase = _nothing
    known: Callable[[Case, Answers], Answers] = lambda _case, answers: answers
    stops: Callable[[Case], Sequence[Span]] = lambda _case: ()
    parts: Callable[[Any], Sequence[Part]] = lambda _page: ()
    panel: Callable[[Any], Panel | None] = _no_panel
    hints: Callable[[], str] = str


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Raises ValueError for a kind that no duty can have, or that an app has registered already."""
    if kind.code not in CaseKind.values or kind.code in _kinds:
        raise ValueError(kind.code)
    _kinds[kind.code] = kind


def of(code: str) -> Kind:
    return _kinds.get(code) or Kind(code)
