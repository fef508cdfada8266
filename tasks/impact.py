"""What publishing a draft for a day will do to the tasks that are there: asked before it is done.

Nothing is decided here: the steps are those of tasks.realignment, on a book that holds the draft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from opsdesk.accounts.models import Membership, Team
from raci.comparison import Difference
from raci.models import Edition

from . import expected
from .models import Task
from .realignment import Realigned, Step, astray, counted, planned


@dataclass(frozen=True)
class Impact:
    """`repointed`, `withdrawn` and `returned` count tasks by their No.; `by_hand` are the begun ones."""

    realigned: Realigned
    repointed: tuple[tuple[int, int], ...]
    withdrawn: tuple[tuple[int, int], ...]
    returned: tuple[tuple[int, int], ...]
    by_hand: tuple[Task, ...]


def impact(draft: Edition, on: date) -> Impact:
    """What realign() will do once `draft` is published, in force from `on`; as things stand now."""
    book = expected.read(draft, on=on)
    steps = planned(book, astray(book))
    return Impact(
        realigned=counted(steps),
        repointed=_by_number(steps, "repointed"),
        withdrawn=_by_number(steps, "withdrawn"),
        returned=_by_number(steps, "returned"),
        by_hand=tuple(s.task for s in steps if s.code == "to_move_by_hand"),
    )


def _by_number(steps: Iterable[Step], code: str) -> tuple[tuple[int, int], ...]:
    found = Counter(step.task.duty.number for step in steps if step.code == code)
    return tuple(sorted(found.items()))


@dataclass(frozen=True)
class Concerned:
    """The teams whose marks change, and how many people are in them."""

    teams: tuple[Team, ...]
    people: int


def concerned(differences: Iterable[Difference], on: date) -> Concerned:
    """Whose marks `differences` change: the teams of `on`, and their members; two statements."""
    roles = {role for d in differences for role in _roles(d)}
    teams = tuple(Team.objects.on(on).filter(role__code__in=roles).select_related("role", "organization"))
    members = Membership.objects.on(on).filter(team__in=teams, user__is_active=True)
    return Concerned(teams, members.values("user").distinct().count())


def _roles(d: Difference) -> set[str]:
    """The codes of the roles whose marks a difference gives, takes or changes."""
    if d.kind == "added":
        return set(d.after["marks"])
    if d.kind == "retired":
        return set(d.before["marks"])
    return {d.part} if d.aspect == "mark" else set()
