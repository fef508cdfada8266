"""How a case goes on: its steps as the pure chain sees them, and the steps that a closing opens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.audit.record import record
from opsdesk.calendar.book import calendar_of
from opsdesk.lib.refusal import Refusal
from raci.models import Duty, FollowUp

from . import chain
from .casegraph import graph_of
from .models import Case, Task
from .stepdue import due_of


def period_of_case(case: Case) -> str:
    return f"C{case.pk}"


def lock(case_id: int) -> Case:
    """The case, locked before its steps: else two closers of two branches each see the other's still open."""
    return Case.objects.select_for_update(of=("self",)).select_related("entry").get(pk=case_id)


def tasks_of(case: Case) -> list[Task]:
    """Its steps that stand, in the order in which they were opened."""
    rows = case.steps.filter(is_withdrawn=False).select_related("duty", "organization").order_by("pk")
    return list(rows)


def steps_of(tasks: Iterable[Task]) -> list[chain.Step]:
    return [_step(task) for task in tasks]


def _step(task: Task) -> chain.Step:
    course: Mapping[str, Any] = task.course or {}
    return chain.Step(
        task.key,
        task.organization_id if task.organization.kind == Organization.Kind.MEMBER else 0,
        task.round,
        task.state,
        frozenset(course.get("to", ())),
        bool(course.get("ng")),
        bool(course.get("all")),
        task.pk,
    )


def concerned(case: Case) -> list[int]:
    return list(case.concerns.order_by("organization__position").values_list("organization_id", flat=True))


# --- what a closing asks for ----------------------------------------------------------------------------


def edges_of(duty_id: int) -> list[FollowUp]:
    return list(FollowUp.objects.filter(duty=duty_id).order_by("position"))


def holds(edge: FollowUp, answers: Mapping[str, Any], case_answers: Mapping[int, Mapping[str, Any]]) -> bool:
    """Whether the condition of an edge is met: an answer is one of these, or less than another one."""
    for key, wanted in edge.condition.items():
        value = answers.get(key)
        if isinstance(wanted, Mapping):
            number, _dot, field = wanted["lt"].rpartition(".")
            other = case_answers.get(int(number), {}).get(field) if number else answers.get(field)
            if not (isinstance(value, int) and isinstance(other, int) and value < other):
                return False
        elif value not in wanted:
            return False
    return True


def answers_of(tasks: Iterable[Task]) -> dict[int, dict[str, Any]]:
    """The answers of a case by duty key; of several steps of one duty the last one's."""
    found: dict[int, dict[str, Any]] = {}
    for task in tasks:
        found.setdefault(task.key, {}).update(task.answers)
    return found


def choices_of(task: Task, tasks: Sequence[Task]) -> list[FollowUp]:
    """Edges among which the closer of `task` may choose, given its answers."""
    known = answers_of(tasks)
    return [
        e for e in edges_of(task.duty_id) if e.kind == FollowUp.Kind.CHOSEN and holds(e, task.answers, known)
    ]


def is_ng(task: Task) -> bool:
    """Whether the answers of a confirmation ask for another round of the work."""
    return any(
        e.kind == FollowUp.Kind.CONFIRMING and e.condition and holds(e, task.answers, {})
        for e in edges_of(task.duty_id)
    )


def course_of(
    task: Task, tasks: Sequence[Task], *, chosen: Collection[int], again: Collection[int], asks_all: bool
) -> dict[str, Any]:
    """What closing `task` asks for. Raises Refusal where a choice is missing or is none of those offered."""
    graph = graph_of(task.duty.edition_id)
    if is_ng(task):
        works = chain.reworkable(graph, steps_of(tasks), task.key)
        picked = sorted(set(again) & set(works)) or (works if len(works) == 1 else [])
        if not picked:
            sentence = _("やり直す作業を選んでください。")
            raise Refusal(sentence, errors={"again": sentence})
        return {"to": [], "ng": True, "again": picked}
    _refuse_while_redone(task, tasks)
    offered = {e.target_key for e in choices_of(task, tasks)}
    if set(chosen) - offered:
        sentence = _("選んだ後続作業は、この記入内容では選べません。")
        raise Refusal(sentence, errors={"chosen": sentence})
    if task.duty.needs_choice and offered and not chosen:
        sentence = _("次に行う作業を一つ以上選んでください。")
        raise Refusal(sentence, errors={"chosen": sentence})
    return {"to": sorted({*chosen, *_automatic(task, tasks)}), **({"all": True} if asks_all else {})}


def _automatic(task: Task, tasks: Sequence[Task], *, is_skipped: bool = False) -> list[int]:
    """Automatic edges; those of a skipped step need no condition that nobody answered."""
    known = answers_of(tasks)
    return [
        e.target_key
        for e in edges_of(task.duty_id)
        if e.kind == FollowUp.Kind.AUTO
        and e.target_key != task.key
        and ((is_skipped and not e.condition) or (not is_skipped and holds(e, task.answers, known)))
    ]


def _refuse_while_redone(task: Task, tasks: Sequence[Task]) -> None:
    graph = graph_of(task.duty.edition_id)
    if graph.confirms(task.key) and chain.unfinished_work(graph, steps_of(tasks), task.key):
        raise Refusal(_("確認する作業がやり直し中です。終わってから確認してください。"))


def skipped_course(task: Task, tasks: Sequence[Task]) -> dict[str, Any]:
    return {"to": sorted(_automatic(task, tasks, is_skipped=True))}


# --- what follows ---------------------------------------------------------------------------------------


def advance(case: Case, *, by: Any, at: datetime, after: Task | None = None) -> list[Task]:
    """Open what is due now, close the case when no step is open. The case is locked. Returns the new steps."""
    graph = graph_of(case.entry.edition_id)
    tasks = tasks_of(case)
    steps = steps_of(tasks)
    opened: list[Task] = []
    if after is not None and after.course and after.course.get("ng"):
        step = next(s for s in steps if s.number == after.pk)
        opened += [_open(case, o, at, tasks) for o in chain.rework(graph, steps, step, after.course["again"])]
    elif after is not None and after.state == Task.State.DONE:
        _move_on(graph, steps, after)
    tasks = tasks_of(case)
    opened += [_open(case, o, at, tasks) for o in chain.openings(graph, steps_of(tasks), concerned(case))]
    if not case.steps.open().filter(is_withdrawn=False).exists():
        _end(case, by=by, at=at)
    return opened


def _move_on(graph: chain.Graph, steps: Sequence[chain.Step], work: Task) -> None:
    step = next(s for s in steps if s.number == work.pk)
    for late in chain.moved(graph, steps, step):
        Task.objects.filter(pk=late.number).update(round=late.round + 1)


def _open(case: Case, opening: chain.Opening, at: datetime, tasks: Sequence[Task]) -> Task:
    duty = Duty.objects.get(edition=case.entry.edition_id, key=opening.key)
    return open_step(case, duty, opening.place, at=at, round=opening.round, tasks=tasks)


def open_step(
    case: Case,
    duty: Duty,
    place: int,
    *,
    at: datetime,
    tasks: Sequence[Task],
    round: int = 1,
    answers: Mapping[str, Any] | None = None,
) -> Task:
    """A new step of `duty` for the municipality `place` (0: common), due by the duty's standard."""
    organization = (
        Organization.objects.get(pk=place)
        if place
        else Organization.objects.get(kind=Organization.Kind.UNION)
    )
    today = timezone.localdate(at)
    known = answers_of(tasks)
    known.setdefault(duty.key, {}).update(answers or {})
    due_at = due_of(duty.standard_due, at, calendar_of(organization), known, duty.key)
    period = period_of_case(case)
    serial = Task.objects.filter(key=duty.key, period=period, organization=organization).count()
    task = Task.objects.create(
        key=duty.key,
        duty=duty,
        organization=organization,
        period=period,
        period_on=today,
        serial=serial,
        opens_on=today,
        due_on=max(timezone.localdate(due_at), today),
        due_at=due_at,
        created_at=at,
        case=case,
        round=round,
        answers=dict(answers or {}),
    )
    record("task.opened", task, by=None, at=at, stream=organization.code, case=case.number, round=round)
    return task


def _end(case: Case, *, by: Any, at: datetime) -> None:
    case.state, case.closed_at = Case.State.CLOSED, at
    case.version += 1
    case.save(update_fields=["state", "closed_at", "version"])
    record("case.closed", case, by=by, at=at, stream=_stream(), number=case.number)


def _stream() -> str:
    return Organization.objects.values_list("code", flat=True).get(kind=Organization.Kind.UNION)
