"""Question: changes (変更管理): the stage of each by its open steps, whose turn it is, what day is planned.

Which step is what follows from the edges: the entry asks for the change, what confirms another step is a
confirmation, everything else is work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from os.path import commonprefix
from typing import Any

from django.db import models
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from raci.access import standing_of
from raci.definition import definition_of
from raci.models import CaseKind, FieldKind, FollowUp, Mark, Scope
from raci.outline import line_of, outline_of

from .casegraph import graph_of
from .choices import all_teams
from .concerned import concerned
from .models import Case, Task
from .raising import entries
from .yearplan_events import day_in

#: What is read of a step.
COLUMNS = (
    "key", "duty_id", "organization_id", "case_id", "lead_id", "round", "state", "due_on", "due_at",
    "answers",
)  # fmt: skip


class Stage(models.IntegerChoices):
    ENTRY = 0, _("申請・依頼")
    WORK = 1, _("実施")
    CONFIRMATION = 2, _("確認")
    OVER = 3, _("完了")


def rows_for(user: Any, today: date) -> QuerySet[Case]:
    """The changes that `user` may read by stage, the newest first; with the ids of whom each concerns."""
    rows = Case.objects.visible_to(user, today).filter(kind=CaseKind.CHANGE)
    staged = rows.annotate(stage=stage_by(standing_of(user, today).editions), concerned=concerned("pk"))
    return staged.order_by("stage", "-raised_at", "-pk")


def stage_by(editions: Iterable[int]) -> models.Case:
    """The stage of a case, of one of these editions, by which of its steps are open."""
    confirming = [pk for edition in editions for pk in confirmations(edition)]
    steps = Task.objects.open().filter(case=OuterRef("pk"), is_withdrawn=False)
    return models.Case(
        When(~Q(state=Case.State.OPEN), then=Value(Stage.OVER.value)),
        When(Exists(steps.filter(duty=OuterRef("entry"))), then=Value(Stage.ENTRY.value)),
        When(Exists(steps.exclude(duty__in=confirming)), then=Value(Stage.WORK.value)),
        default=Value(Stage.CONFIRMATION.value),
        output_field=IntegerField(),
    )


@lru_cache(maxsize=64)
def confirmations(edition_id: int) -> frozenset[int]:
    """Ids of the duties of a published edition that confirm another one."""
    graph, lines = graph_of(edition_id), outline_of(edition_id).lines.values()
    return frozenset(line.duty.pk for line in lines if graph.confirms(line.key))


@lru_cache(maxsize=64)
def work_names(edition_id: int) -> dict[int, str]:
    """What the closer of a change chooses among, by key, without the words that all of these share:
    「作業依頼に基づく」プログラムの改修/バージョンアップ「の実施」."""
    outline = outline_of(edition_id)
    changes = [line.key for line in entries(edition_id) if line.duty.case_kind == CaseKind.CHANGE]
    keys = {
        edge.target_key
        for key in changes
        for edge in outline.followups.get(key, ())
        if edge.kind == FollowUp.Kind.CHOSEN
    }
    names = [outline.keys[key].work for key in keys]
    first = len(commonprefix(names)) if len(names) > 1 else 0
    last = len(commonprefix([name[first:][::-1] for name in names])) if len(names) > 1 else 0
    in_order = sorted(keys, key=lambda key: outline.keys[key].number)
    return {key: outline.keys[key].work[first:][: -last or None] for key in in_order}


def forget() -> None:
    """Ask anew; tests that roll their database back call it."""
    confirmations.cache_clear()
    work_names.cache_clear()


def steps_for(cases: Sequence[Case], user: Any, today: date) -> dict[int, list[Task]]:
    """The steps of `cases` that `user` may read, by case, in the order in which they were opened."""
    found: dict[int, list[Task]] = {case.pk: [] for case in cases}
    rows = Task.objects.visible_to(user, today).filter(case__in=list(found), is_withdrawn=False)
    for step in rows.only(*COLUMNS).order_by("pk") if found else ():
        found[step.case_id or 0].append(step)
    return found


@dataclass(frozen=True)
class Planned:
    """A day that the one who asked for the change wrote: 実施予定日, 希望日."""

    label: str
    on: date
    step: Task


@dataclass
class Course:
    """How far a change is, by the steps that one person may read."""

    works: list[str] = field(default_factory=list)
    turn: list[str] = field(default_factory=list)
    due_on: date | None = None
    round: int = 1
    planned: Planned | None = None
    is_late: bool = False


def course_of(case: Case, steps: Sequence[Task], now: Any) -> Course:
    open_steps = [step for step in steps if step.is_open]
    edition = line_of(case.entry_id).duty.edition_id
    names, confirming = work_names(edition), confirmations(edition)
    works = [s for s in steps if s.duty_id != case.entry_id and s.duty_id not in confirming]
    keys = dict.fromkeys(step.key for step in works)
    return Course(
        works=[names.get(key) or outline_of(edition).keys[key].short for key in keys],
        turn=list(dict.fromkeys(name for step in open_steps for name in turn_of(step))),
        due_on=min((step.due_on for step in open_steps), default=None),
        round=max((step.round for step in steps), default=1),
        planned=next(filter(None, map(planned_in, (s for s in steps if s.duty_id == case.entry_id))), None),
        is_late=any(step.is_overdue(now) for step in open_steps),
    )


def turn_of(step: Task) -> list[str]:
    """Who has to act on an open step: the municipality, the lead, or those with ◎."""
    teams = all_teams()
    if line_of(step.duty_id).duty.scope == Scope.EACH:
        return [t.organization_name for t in teams if t.organization_id == step.organization_id][:1]
    if step.lead_id:
        return [t.name for t in teams if t.pk == step.lead_id]
    rows = definition_of(step.duty_id).assignments
    return [str(row.role) for row in rows if row.mark == Mark.MAIN]


def planned_in(step: Task) -> Planned | None:
    """The first day that raising asked for, if there is an answer."""
    for row in definition_of(step.duty_id).fields:
        is_day = row.kind == FieldKind.DATE and row.is_asked and not row.parent_id
        if is_day and "restricted_to" not in row.options and (on := day_in(step.answers.get(row.key))):
            return Planned(row.label, on, step)
    return None
