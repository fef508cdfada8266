"""How a case goes on: the steps that a closing opens, their round and due, and the end. Inside a command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import record
from opsdesk.calendar.book import calendar_in, calendar_of, calendars_of, days_of
from opsdesk.calendar.days import Calendar
from opsdesk.lib.statement import Insertion, Statement
from raci.models import Duty, Mark, Scope, Sharing
from raci.outline import outline_of

from . import casetelling, chain, kinds, telling
from .casegraph import graph_of
from .following import answers_of, steps_of
from .indexing import KEY, ROW, note_raised, of_raised
from .models import Case, Concern, Task
from .stepdue import Answers, due_of


def lock(case_id: int) -> Case:
    """The case, locked before its steps: else two closers of two branches each see the other's still open."""
    return Case.objects.select_for_update(of=("self",)).select_related("entry").get(pk=case_id)


def tasks_of(case: Case, fresh: Task | None = None) -> list[Task]:
    """Its steps that stand, in the order in which they were opened; `fresh` is taken as it is in memory."""
    rows = case.steps.filter(is_withdrawn=False).select_related("duty", "organization").order_by("pk")
    return [fresh if fresh is not None and row.pk == fresh.pk else row for row in rows]


def concerned(case: Case) -> list[int]:
    """Ids of the organizations that it concerns."""
    return list(case.concerns.order_by("organization__position").values_list("organization_id", flat=True))


def stream_of(case: Case) -> str:
    """Whose history it is: that of the only municipality it concerns, else the union's."""
    return stream_among(Organization.objects.filter(concerns__case=case)[:2])


def stream_among(concerns: Iterable[Organization]) -> str:
    """That of a case which concerns these."""
    codes = [o.code for o in concerns]
    if len(codes) == 1:
        return codes[0]
    return Organization.objects.values_list("code", flat=True).get(kind=Organization.Kind.UNION)


def advance(case: Case, *, by: Any, at: datetime, after: Task | None = None) -> list[Task]:
    """Open what is due now, close the locked case when no step is open. Returns the new steps."""
    graph = graph_of(case.entry.edition_id)
    tasks = tasks_of(case, after)
    opened: list[Task] = []
    if after is not None:
        opened += _again(case, graph, tasks, after, at)
    tasks = [*tasks, *opened]
    found = chain.openings(graph, steps_of(tasks), concerned(case))
    opened += [_open(case, opening, at, tasks) for opening in found]
    if after is not None:
        kinds.of(case.kind).task_closed(after, by=by, at=at)
    telling.opened(opened, by=None, at=at)
    if not case.steps.open().filter(is_withdrawn=False).exists():
        end(case, by=by, at=at)
    kinds.of(case.kind).changed(case, by=by, at=at)
    return opened


def known_of(case: Case, tasks: Iterable[Task]) -> Answers:
    """What the steps of a case answered, as it is judged today."""
    return kinds.of(case.kind).known(case, answers_of(tasks))


def redate(case: Case) -> list[Task]:
    """Date the open steps anew that are due by level: it was judged again, or the clock stood still. Returns
    those that moved."""
    tasks = tasks_of(case)
    known, stops, moved = known_of(case, tasks), kinds.of(case.kind).stops(case), []
    for task in tasks:
        rule = task.duty.standard_due
        if not task.is_open or "by_level" not in rule:
            continue
        calendar = calendar_of(task.organization)
        due_at = due_of(rule, task.created_at, calendar, known, task.key, stops)
        if due_at != task.due_at:
            task.due_at, task.due_on = due_at, max(timezone.localdate(due_at), task.opens_on)
            task.save(update_fields=["due_at", "due_on"])
            moved.append(task)
    return moved


def _again(case: Case, graph: chain.Graph, tasks: Sequence[Task], after: Task, at: datetime) -> list[Task]:
    """The works that an NG sends back; confirmations still open move to the round of a work that was done."""
    steps = steps_of(tasks)
    step = next(s for s in steps if s.number == after.pk)
    if step.is_ng:
        found = chain.rework(graph, steps, step, (after.course or {}).get("again", ()))
        places = {0, *concerned(case)}  # whom it no longer concerns does nothing again
        return [_open(case, opening, at, tasks) for opening in found if opening.place in places]
    if after.state == Task.State.DONE:
        by_pk = {t.pk: t for t in tasks}
        for late in chain.moved(graph, steps, step):
            move_round(by_pk[late.number], 1, at=at)
        _date_what_follows(tasks, after, at)
    return []


def move_round(task: Task, by: int, *, at: datetime) -> None:
    """An open confirmation goes to another round of the work; who has its form open is told."""
    Task.objects.filter(pk=task.pk).update(round=F("round") + by, version=F("version") + 1)
    task.round, task.version = task.round + by, task.version + 1
    record("task.asked_again", task, by=None, at=at, stream=task.organization.code, round=task.round)


def _date_what_follows(tasks: Iterable[Task], after: Task, at: datetime) -> None:
    """Steps that are due so many days after this one (`after` of their standard due)."""
    for task in tasks:
        rule = task.duty.standard_due
        if task.is_open and rule.get("after") == after.key:
            due_at = due_of({**rule, "after": None}, at, calendar_of(task.organization), {}, task.key)
            task.due_at, task.due_on = due_at, timezone.localdate(due_at)
            task.save(update_fields=["due_at", "due_on"])


def first_steps(
    case: Case,
    duty: Duty,
    concerns: Sequence[Organization],
    *,
    at: datetime,
    answers: Mapping[str, Any],
    lead: Team | None = None,
    union: Organization | None = None,
) -> list[Task]:
    """The steps with which a new case begins: one, or one for each of `concerns`; the search knows them, and
    the case. `union`: with its calendar (`days_of`), if that came already."""
    if duty.scope == Scope.EACH:
        calendars = calendars_of(concerns)
        places = [(o, calendars[o.pk]) for o in concerns]
    else:
        places = [(union, calendar_in(union))] if union else [_place(0)]
    rows = [
        _step(case, duty, place, calendar, at=at, answers=answers, lead=lead) for place, calendar in places
    ]
    if len(rows) > 1:
        _stored(rows, case)
        note_raised(case, rows)
        return rows
    mine, more = of_raised(case, rows[0])
    _opened(rows, [TASK.put_beside(rows[0], ROW, about=mine, more=more, key=KEY)], case)
    return rows


def _open(case: Case, opening: chain.Opening, at: datetime, tasks: Sequence[Task]) -> Task:
    """A further step."""
    duty = outline_of(case.entry.edition_id).keys[opening.key].duty
    organization, calendar = _place(opening.place)
    row = _step(case, duty, organization, calendar, at=at, round=opening.round, tasks=tasks)
    there = Task.objects.filter(key=row.key, period=row.period, organization=organization)
    row.serial = there.count()
    return _stored([row], case)[0]


def _place(organization_id: int) -> tuple[Organization, Calendar]:
    """The organization with that id, of 0 the union, and its calendar."""
    row = PLACE.ask(not organization_id, pk=organization_id)[0]
    return row, calendar_in(row)


def _places(is_union: bool, *, pk: int) -> QuerySet[Organization]:
    of = {"kind": Organization.Kind.UNION} if is_union else {"pk": pk}
    return Organization.objects.filter(**of).annotate(**days_of("pk"))


PLACE = Statement(_places)
TASK = Insertion(Task)


def _step(
    case: Case,
    duty: Duty,
    organization: Organization,
    calendar: Calendar,
    *,
    at: datetime,
    tasks: Sequence[Task] = (),
    round: int = 1,
    answers: Mapping[str, Any] | None = None,
    lead: Team | None = None,
) -> Task:
    """A step of `duty`, due by the duty's standard; not stored yet."""
    today = timezone.localdate(at)
    known = {key: dict(found) for key, found in known_of(case, tasks).items()}
    known.setdefault(duty.key, {}).update(answers or {})
    stops = kinds.of(case.kind).stops(case)
    due_at = due_of(duty.standard_due, at, calendar, known, duty.key, stops)
    return Task(
        key=duty.key,
        duty=duty,
        organization=organization,
        period=f"C{case.pk}",
        period_on=today,
        opens_on=today,
        due_on=max(timezone.localdate(due_at), today),
        due_at=due_at,
        created_at=at,
        case=case,
        round=round,
        answers=dict(answers or {}),
        lead=lead,
    )


def _stored(steps: list[Task], case: Case) -> list[Task]:
    _opened(steps, TASK.put(*steps), case)
    return steps


def _opened(steps: list[Task], keys: list[Any], case: Case) -> None:
    """They are in the table."""
    for task, pk in zip(steps, keys, strict=True):
        task.pk, task._state.adding = pk, False
        record(
            "task.opened", task, by=None, at=task.created_at, stream=task.organization.code,
            case=case.number, round=task.round,
        )  # fmt: skip


def lead_of(duty: Duty, team: Team) -> Team | None:
    """The raiser leads what it raises, where several ◎ share it."""
    is_main = outline_of(duty.edition_id).lines[duty.pk].marks.get(team.role_id) == Mark.MAIN
    return team if is_main and duty.sharing == Sharing.ANY else None


def set_concerns(case: Case, organizations: Iterable[Organization], *, at: datetime) -> list[str]:
    """Whom the case concerns from now on; open steps of those it no longer concerns are withdrawn."""
    wanted = {o.pk: o for o in organizations}
    there = set(concerned(case))
    Concern.objects.filter(case=case).exclude(organization__in=wanted).delete()
    Concern.objects.bulk_create(
        Concern(case=case, organization=o) for pk, o in wanted.items() if pk not in there
    )
    gone = case.steps.open().filter(is_withdrawn=False, organization__in=there - set(wanted))
    for task in gone.filter(organization__kind=Organization.Kind.MEMBER).select_related("organization"):
        withdraw_step(task, by=None, at=at, reason="")
    return [o.code for o in wanted.values()]


def withdraw_step(task: Task, *, by: Any, at: datetime, reason: str) -> None:
    """取り下げ: the step counts for nothing any more; nothing follows it."""
    task.state, task.is_withdrawn, task.reason = Task.State.SKIPPED, True, reason
    task.closed_at, task.closed_by = at, by
    task.version += 1
    task.save(update_fields=["state", "is_withdrawn", "reason", "closed_at", "closed_by", "version"])
    record("task.dropped", task, by=by, at=at, stream=task.organization.code, reason=reason)


def end(case: Case, *, by: Any, at: datetime) -> None:
    """完了: no step is open."""
    case.state, case.closed_at = Case.State.CLOSED, at
    case.version += 1
    case.save(update_fields=["state", "closed_at", "version"])
    record("case.closed", case, by=None, at=at, stream=stream_of(case), number=case.number)
    casetelling.ended(case, by=by, at=at)
