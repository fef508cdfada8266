"""Kinds of case: what an app above adds to cases of its own. It registers its kind in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from raci.models import CaseKind

from .models import Case, Task


class OnCase(Protocol):
    def __call__(self, case: Case, /, *, by: Any, at: datetime) -> None: ...


class OnTask(Protocol):
    def __call__(self, task: Task, /, *, by: Any, at: datetime) -> None: ...


def _nothing(_row: Any, *, by: Any, at: datetime) -> None:
    pass


@dataclass(frozen=True)
class Panel:
    """What an app above shows on the common page of a case: its template reads page, panel (`context`)."""

    template: str
    context: Mapping[str, Any]


def _no_panel(_page: Any) -> Panel | None:
    return None


@dataclass(frozen=True)
class Kind:
    """`opened` and `task_closed` run in the transaction of the command; `page`: the address of a case.

    `panel` of a CasePage stands above its timeline; `hints` is the address that answers what is asked."""

    code: str
    page: Callable[[Case], str] | None = None
    opened: OnCase = _nothing
    task_closed: OnTask = _nothing
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
