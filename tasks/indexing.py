"""What stands in the index of the search: written by the commands, in their transaction; all of it anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from django.db import models, transaction

from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.era import era_date, era_year
from opsdesk.lib.folding import fold
from opsdesk.lib.statement import Insertion
from raci.definition import definition_of
from raci.models import Cycle, DutyField, FieldKind

from .asked import fields_of
from .models import Attachment, Case, Comment, SearchText, Task

Kind = SearchText.Kind
#: Fields of a task whose change changes what is found.
READ = frozenset({"answers", "remark", "reason", "duty", "closed_at", "saved_at"})
WRITTEN = ["task", "case", "audience", "organization", "at", "text", "folded", "context"]
UNIQUE = ["kind", "of"]
CHUNK = 500


def note_task(task: Task) -> None:
    """Let the index say what `task` (with duty and organization) says now; one statement."""
    _put(Kind.TASK, task.pk, of_task(task))


def note_place(task: Task) -> None:
    """`task` hangs on another duty now: so do its comments and files."""
    SearchText.objects.filter(task=task).update(context=fold(context_of(task)))


def note_case(case: Case) -> None:
    _put(Kind.CASE, case.pk, of_case(case))


def note_raised(case: Case, steps: Iterable[Task]) -> None:
    """A case that was raised just now, and its first steps; one statement."""
    rows = [of_case(case), *(of_task(task) for task in steps)]
    ROW.put(*(row for row in rows if row is not None))


def of_raised(case: Case, step: Task) -> tuple[list[SearchText], list[SearchText]]:
    """What is found of a new case and of its first step: the step's, which has no key yet, and the case's."""
    return [row for row in [of_task(step)] if row], [row for row in [of_case(case)] if row]


def note_comment(comment: Comment) -> None:
    _put(Kind.COMMENT, comment.pk, of_comment(comment))


def note_file(file: Attachment) -> None:
    _put(Kind.FILE, file.pk, of_file(file))


def _put(kind: str, of: int, row: SearchText | None) -> None:
    if row is None:
        SearchText.objects.filter(kind=kind, of=of).delete()
    else:
        ROW.put(row)


ROW = Insertion(SearchText, over=UNIQUE, update=WRITTEN)
#: The columns of a task's row that hold the task's key.
KEY = ("of", "task_id")


def store(rows: Iterable[SearchText]) -> None:
    """Insert or replace; one statement."""
    SearchText.objects.bulk_create(rows, update_conflicts=True, unique_fields=UNIQUE, update_fields=WRITTEN)


def of_task(task: Task) -> SearchText | None:
    """Answers, remark and reason, but not what only some roles may see; None if there is nothing to find."""
    is_ours = task.closed_by_id is None or task.is_withdrawn  # one of our own sentences, or the case's
    words = [*said(task), task.remark, "" if is_ours else task.reason]
    at = (None if task.is_withdrawn else task.closed_at) or task.saved_at or task.created_at
    text = " / ".join(dict.fromkeys(w for w in words if w.strip()))
    return _row(Kind.TASK, task.pk, text, at, task=task)


def of_case(case: Case) -> SearchText | None:
    """Its number and title, and why it was withdrawn."""
    text = " / ".join(word for word in (f"{case.number} {case.title}", case.reason) if word)
    return _row(Kind.CASE, case.pk, text, case.raised_at, case=case)


def of_comment(comment: Comment) -> SearchText | None:
    return _row(Kind.COMMENT, comment.pk, comment.text, comment.at, **_place(comment))


def of_file(file: Attachment) -> SearchText | None:
    """The name of a file that stands."""
    if file.withdrawn_at or (file.task and file.field_key in _restricted(file.task)):
        return None
    return _row(Kind.FILE, file.pk, file.name, file.at, **_place(file))


def _place(paper: Comment | Attachment) -> dict[str, Any]:
    """Where it was written, and for whom."""
    return {
        "task": paper.task,
        "case": paper.case,
        "audience": paper.audience,
        "organization_id": paper.organization_id,
    }


def _row(
    kind: str,
    of: int,
    text: str,
    at: Any,
    *,
    task: Task | None = None,
    case: Case | None = None,
    **heard: Any,
) -> SearchText | None:
    folded = fold(text)
    if not folded.strip():
        return None
    context = context_of(task) if task else context_of_case(case) if case else ""
    return SearchText(
        kind=kind,
        of=of,
        task=task,
        case=case,
        at=at,
        text=text,
        folded=folded,
        context=fold(context),
        **heard,
    )


def context_of(task: Task) -> str:
    """Number, work, period and organization, as people may write them."""
    duty, owner = task.duty, task.organization
    place = context_of_case(task.case) if task.case else f"{task.period} {_period(task)}"
    return f"No.{duty.number} {duty.work} {place} {owner.name} {owner.short_name}"


def context_of_case(case: Case) -> str:
    return f"{case.number} {case.title}"


def _period(task: Task) -> str:
    day = task.period_on
    if task.duty.cycle == Cycle.YEARLY:
        return FiscalYear.of(day).label
    return f"{era_year(day)}年{day.month}月" if task.duty.cycle == Cycle.MONTHLY else era_date(day)


def said(task: Task) -> Iterator[str]:
    """The answers as people read them, in the form's order; lines row by row."""
    for f in fields_of(definition_of(task.duty_id).fields):
        value = task.answers.get(f.key)
        if value is None or "restricted_to" in f.row.options:
            continue
        if f.kind == FieldKind.LINES:
            shown = [c for c in f.columns if "restricted_to" not in c.options]
            yield from (" ".join(_words(c, line.get(c.key)) for c in shown).strip() for line in value)
        else:
            yield _words(f.row, value)


def _words(field: DutyField, value: Any) -> str:
    """A date in full; of a check nothing, it has no words, nor of the codes of organizations."""
    if value is None or isinstance(value, bool | list) or "organizations" in field.options:
        return ""
    if field.kind == FieldKind.DATE:
        try:
            return era_date(date.fromisoformat(str(value)))
        except ValueError:
            return str(value)
    return str(value)


def _restricted(task: Task) -> set[str]:
    return {f.key for f in definition_of(task.duty_id).fields if "restricted_to" in f.options}


def rebuild() -> dict[str, int]:
    """Make the index anew, a chunk a transaction, while people work; the number of rows by kind.

    Run again, or stopped in the middle and run again, it gives the same."""
    tasks = Task.objects.exclude(answers={}, remark="", reason="")
    around = ("task__duty", "task__organization", "task__case", "case")
    files = Attachment.objects.filter(withdrawn_at=None).select_related(*around)
    return {
        Kind.TASK: _rebuild(Kind.TASK, tasks.select_related("duty", "organization", "case"), of_task),
        Kind.CASE: _rebuild(Kind.CASE, Case.objects.all(), of_case),
        Kind.COMMENT: _rebuild(Kind.COMMENT, Comment.objects.select_related(*around), of_comment),
        Kind.FILE: _rebuild(Kind.FILE, files, of_file),
    }


def _rebuild(kind: str, things: Any, row_of: Callable[[Any], SearchText | None]) -> int:
    """Chunk by chunk of ids: what `things` say there, and nothing else."""
    count, first = 0, 0
    model: type[models.Model] = things.model
    while ids := list(things.filter(pk__gte=first).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            chunk = model._default_manager.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
            list(chunk.values_list("pk", flat=True))  # nobody changes them while they are read
            rows = [row for thing in things.filter(pk__in=ids).order_by("pk") if (row := row_of(thing))]
            there = things.filter(
                pk__gte=first, pk__lte=ids[-1]
            )  # one that came meanwhile has its row already
            stale = SearchText.objects.filter(kind=kind, of__gte=first, of__lte=ids[-1])
            stale.exclude(of__in=there.values("pk")).delete()
            stale.filter(of__in=set(ids) - {row.of for row in rows}).delete()
            store(rows)
        count, first = count + len(rows), ids[-1] + 1
    SearchText.objects.filter(kind=kind, of__gte=first).exclude(of__in=things.values("pk")).delete()
    return count
