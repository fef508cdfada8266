"""Kinds of case: what an app above adds to cases of its own. It registers its kind in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from django.urls import reverse
from django.utils.translation import gettext as _

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


@dataclass(frozen=True)
class Offer:
    """A way from a step of a case to a page that an app above has for it; `hint` says what for."""

    url: str
    label: str
    hint: str = ""


class Offering(Protocol):
    def __call__(self, step: Task, /, *, is_member: bool) -> Offer | None: ...


def _no_offer(_step: Task, /, *, is_member: bool) -> Offer | None:
    return None


class Home(NamedTuple):
    """The list where the cases of a kind live, as the menu calls it: what leads back from a case."""

    name: str
    url: str


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


def _all_cases() -> Home:
    return Home(_("案件一覧"), reverse("tasks:cases"))


def _no_panel(_page: Any) -> Panel | None:
    return None


@dataclass(frozen=True)
class Kind:
    """`opened`, `task_closed` and `changed` run in the transaction of the command; `changed` after everything
    that opened, closed or ended. `page`: the address of a case. `known`: the answers of a case, by duty and
    field, as they are judged today. `stops`: when its clock stood still. `parts` of a CasePage stand in its
    places, `panel` of it above its timeline; `hints` is the address that answers what is asked.
    `offer`: what the page of a step, and that of its case, offers (`is_member`: to people of municipalities
    only); it asks nothing of the database. `home`: the list above a case."""

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
    offer: Offering = _no_offer
    home: Callable[[], Home] = _all_cases


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Raises ValueError for a kind that no duty can have, or that an app has registered already."""
    if kind.code not in CaseKind.values or kind.code in _kinds:
        raise ValueError(kind.code)
    _kinds[kind.code] = kind


def of(code: str) -> Kind:
    return _kinds.get(code) or Kind(code)
