"""Realignment: open tasks whose periods belong to another edition by now, or whose municipality left.

What becomes of each is decided by one question, `planned`; `realign` does it, and `tasks.impact` asks it
beforehand about an edition that is not published yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from opsdesk.audit.record import command, record
from raci.models import Assignment, Mark

from .astray import touched
from .expected import Book, Expected, Slot
from .models import Task


@dataclass(frozen=True)
class Realigned:
    """Ids of tasks: moved to the new edition, withdrawn, taken back, and begun ones whose ◎ changed."""

    repointed: tuple[int, ...] = ()
    withdrawn: tuple[int, ...] = ()
    returned: tuple[int, ...] = ()
    to_move_by_hand: tuple[int, ...] = ()


class Place(NamedTuple):
    """Where a task belongs: the slot of its period, and its dates there (None: the day is closed by now)."""

    slot: Slot
    dates: Expected | None


class Step(NamedTuple):
    """What becomes of a task: a name of Realigned, where it belongs, and the reason."""

    task: Task
    code: str
    place: Place | None
    reason: str


@command
def realign(book: Book, *, by: None, at: datetime) -> Realigned:
    """Move untouched tasks to the edition in force on the first day of their period.

    Those it no longer has are withdrawn, and a municipality's of periods after it left. What was withdrawn in
    this way comes back if it belongs again."""
    steps = planned(book, astray(book).select_for_update(of=("self",)))
    for step in steps:
        if step.code != "to_move_by_hand":
            _apply(step.task, step.code, step.place, step.reason, at=at)
    return counted(steps)


def counted(steps: Iterable[Step]) -> Realigned:
    done: dict[str, list[int]] = {f.name: [] for f in fields(Realigned)}
    for step in steps:
        done[step.code].append(step.task.pk)
    return Realigned(**{name: tuple(ids) for name, ids in done.items()})


def planned(book: Book, tasks: Iterable[Task]) -> list[Step]:
    """What becomes of each of `tasks` (of astray()); those that stay as they are get no step."""
    tasks = list(tasks)
    places = _places(book) if tasks else {}
    pairs = [(task, _place(task, places)) for task in tasks]
    mains = _main_roles(pairs)
    return [step for task, place in pairs if (step := _step(task, place, mains))]


def astray(book: Book) -> QuerySet[Task]:
    """Scheduled tasks that may belong elsewhere, in order of pk; an extra occasion stays in its edition."""
    wrong = Q(pk__in=[])
    for edition, first, last in book.spans:
        span = Q(period_on__gte=first) & (Q(period_on__lte=last) if last else Q())
        wrong |= span & ~Q(duty__edition=edition) & Q(serial=0)
    for member in book.members:
        if member.left_on:
            wrong |= Q(organization=member, period_on__gt=member.left_on)
    withdrawn = Q(state=Task.State.SKIPPED, closed_by=None)
    found = Task.objects.filter((Q(state=Task.State.OPEN) & wrong) | withdrawn)
    scheduled = found.filter(duty__schedule__isnull=False).annotate(is_touched=touched())
    return scheduled.select_related("duty__schedule", "organization").order_by("pk")


def _places(book: Book) -> dict[tuple[int, int], list[Slot]]:
    """Slots by organization and key."""
    found: dict[tuple[int, int], list[Slot]] = {}
    for slot in book.slots():
        for organization in slot.organizations:
            found.setdefault((organization.pk, slot.duty.key), []).append(slot)
    return found


def place_of(task: Task, book: Book) -> Place | None:
    """Where `task` belongs as things stand now; None if no edition has it."""
    return _place(task, _places(book))


def _place(task: Task, places: dict[tuple[int, int], list[Slot]]) -> Place | None:
    day = task.period_on
    for slot in places.get((task.organization_id, task.key), ()):
        if (
            slot.first <= day
            and (slot.last is None or day <= slot.last)
            and slot.duty.cycle == task.duty.cycle
        ):
            found = [o for o in slot.occurrences(day, day) if o.period == task.period]
            dates = [
                Expected(o.period, o.period_on, min(slot.opening(o), o.due_on), o.due_on, o.due_at)
                for o in found
            ]
            return Place(slot, dates[0] if dates else None)
    return None


def _step(task: Task, place: Place | None, mains: Mapping[int, set[int]]) -> Step | None:
    if task.state == Task.State.SKIPPED:
        return Step(task, "returned", place, "") if place else None
    left_on = task.organization.left_on
    if left_on and task.period_on > left_on:
        return Step(task, "withdrawn", None, _("脱退"))
    is_touched: bool = task.is_touched  # type: ignore[attr-defined]
    if place is None:
        return (
            Step(task, "to_move_by_hand", None, "")
            if is_touched
            else Step(task, "withdrawn", None, _("改定"))
        )
    if is_touched:
        changed = mains.get(task.duty_id) != mains.get(place.slot.duty.pk)
        return Step(task, "to_move_by_hand", place, "") if changed else None
    return Step(task, "repointed", place, "")


def _main_roles(pairs: Iterable[tuple[Task, Place | None]]) -> dict[int, set[int]]:
    """The roles with ◎, by duty, of all duties between which a touched task may stand; one statement."""
    duties = {d for t, place in pairs if t.is_touched and place for d in (t.duty_id, place.slot.duty.pk)}  # type: ignore[attr-defined]
    found: dict[int, set[int]] = {}
    rows = Assignment.objects.filter(duty__in=duties, mark=Mark.MAIN).order_by()
    for duty, role in rows.values_list("duty_id", "role_id") if duties else ():
        found.setdefault(duty, set()).add(role)
    return found


def _apply(task: Task, code: str, place: Place | None, reason: str, *, at: datetime) -> None:
    before = {"duty": task.duty_id, "due_on": task.due_on}
    task.version += 1
    changed = ["version", "state", "reason", "closed_at"]
    if place is None:
        task.state, task.reason, task.closed_at = Task.State.SKIPPED, reason, at
    else:
        task.state, task.reason, task.closed_at = Task.State.OPEN, "", None
        if not task.serial:
            task.duty = place.slot.duty
            changed.append("duty")
        if place.dates and not (task.moved_from or task.serial):  # a day that a person gave stays
            task.opens_on, task.due_on, task.due_at = place.dates[2:]
            changed += ["opens_on", "due_on", "due_at"]
    task.save(update_fields=changed)
    record(f"task.{code}", task, by=None, at=at, stream=task.organization.code, before=before, reason=reason)
