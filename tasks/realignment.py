"""Realignment: open tasks whose periods belong to another edition by now, or whose municipality left."""

from __future__ import annotations

from dataclasses import dataclass
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


@command
def realign(book: Book, *, by: None, at: datetime) -> Realigned:
    """Move untouched tasks to the edition in force on the first day of their period.

    Those it no longer has are withdrawn, and a municipality's of periods after it left. What was withdrawn in
    this way comes back if it belongs again."""
    tasks = list(_astray(book))
    places = _places(book) if tasks else {}
    done: dict[str, list[int]] = {"repointed": [], "withdrawn": [], "returned": [], "to_move_by_hand": []}
    for task in tasks:
        move = _move(task, _place(task, places))
        if move is None:
            continue
        done[move[0]].append(task.pk)
        if move[0] != "to_move_by_hand":
            _apply(task, *move, at=at)
    return Realigned(**{name: tuple(ids) for name, ids in done.items()})


def _astray(book: Book) -> QuerySet[Task]:
    """Scheduled tasks that may belong elsewhere, locked in order of pk."""
    wrong = Q(pk__in=[])
    for edition, first, last in book.spans:
        span = Q(period_on__gte=first) & (Q(period_on__lte=last) if last else Q())
        wrong |= span & ~Q(duty__edition=edition)
    for member in book.members:
        if member.left_on:
            wrong |= Q(organization=member, period_on__gt=member.left_on)
    withdrawn = Q(state=Task.State.SKIPPED, closed_by=None)
    found = Task.objects.filter((Q(state=Task.State.OPEN) & wrong) | withdrawn, serial=0)
    scheduled = found.filter(duty__schedule__isnull=False).annotate(is_touched=touched())
    return (
        scheduled.select_related("duty__schedule", "organization")
        .select_for_update(of=("self",))
        .order_by("pk")
    )


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


def _move(task: Task, place: Place | None) -> tuple[str, Place | None, str] | None:
    """What becomes of `task`, where it belongs, and the reason; None if it stays as it is."""
    if task.state == Task.State.SKIPPED:
        return ("returned", place, "") if place else None
    left_on = task.organization.left_on
    if left_on and task.period_on > left_on:
        return "withdrawn", None, _("脱退")
    if place is None:
        return ("to_move_by_hand", None, "") if task.is_touched else ("withdrawn", None, _("改定"))  # type: ignore[attr-defined]
    if task.is_touched:  # type: ignore[attr-defined]
        changed = _main_roles(task.duty_id) != _main_roles(place.slot.duty.pk)
        return ("to_move_by_hand", place, "") if changed else None
    return "repointed", place, ""


def _main_roles(duty: int) -> set[int]:
    return set(Assignment.objects.filter(duty=duty, mark=Mark.MAIN).values_list("role_id", flat=True))


def _apply(task: Task, code: str, place: Place | None, reason: str, *, at: datetime) -> None:
    before = {"duty": task.duty_id, "due_on": task.due_on}
    task.version += 1
    fields = ["version", "state", "reason", "closed_at"]
    if place is None:
        task.state, task.reason, task.closed_at = Task.State.SKIPPED, reason, at
    else:
        task.state, task.reason, task.closed_at = Task.State.OPEN, "", None
        task.duty = place.slot.duty
        fields.append("duty")
        if place.dates and not task.moved_from:  # a day that a person gave stays
            task.opens_on, task.due_on, task.due_at = place.dates[2:]
            fields += ["opens_on", "due_on", "due_at"]
    task.save(update_fields=fields)
    record(f"task.{code}", task, by=None, at=at, stream=task.organization.code, before=before, reason=reason)
