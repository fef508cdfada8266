"""Question: requests (業務依頼), the answers of what is asked of the union's services, duty by duty.

A duty belongs here if it can be raised as a request that asks something, or follows on such a one.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from raci.access import Standing, standing_of
from raci.definition import definition_of
from raci.models import CaseKind
from raci.outline import Line, outline_of

from .asked import Field, fields_of
from .casegraph import entries_read_by, graph_of
from .concerned import concerned
from .models import SearchText, Task
from .raising import entries, fields_asked

TEXT = SearchText.Kind
#: What a row shows, and nothing else, is fetched.
COLUMNS = (
    "key", "duty_id", "round", "state", "outcome", "is_withdrawn", "created_at", "due_on", "due_at",
    "done_on", "assignee_id", "lead_id", "saved_at", "answers", "organization_id", "organization__kind",
    "case_id", "case__number", "case__title", "case__reporter_id",
)  # fmt: skip


def duties_for(standing: Standing) -> dict[int, Line]:
    """The duties whose requests the person may read, by key, as the newest edition has them; by No."""
    found: dict[int, Line] = {}
    for edition in reversed(standing.editions):
        for key in _keys(edition, standing):
            found.setdefault(key, outline_of(edition).keys[key])
    return dict(sorted(found.items(), key=lambda item: item[1].number))


def _keys(edition: int, standing: Standing) -> set[int]:
    """Keys of the chains of requests that one of the person's roles reads, the union all."""
    graph, roles = graph_of(edition), {t.role_id for t in standing.teams}
    found: set[int] = set()
    for line in entries(edition):
        is_request = line.duty.case_kind == CaseKind.REQUEST and fields_asked(line.duty)
        if is_request and (standing.is_union or _reads(edition, line, roles)):
            found |= graph.chain(line.key)
    return found


def _reads(edition: int, entry: Line, roles: set[int]) -> bool:
    return any(entry.duty.pk in entries_read_by(edition, role) for role in roles)


def rows_for(user: Any, today: date) -> QuerySet[Task]:
    """The requests that `user` may read, with the case's number and title and the ids of whom it concerns."""
    keys = duties_for(standing_of(user, today))
    rows = Task.objects.visible_to(user, today).filter(case__isnull=False, key__in=keys)
    return rows.select_related("case", "organization").only(*COLUMNS).annotate(concerned=concerned("case_id"))


def fields_shown(key: int, standing: Standing) -> list[Field]:
    """The fields of the duty `key`, as the newest edition has them; then those that only older ones have."""
    found: dict[str, Field] = {}
    for edition in reversed(standing.editions):
        if (line := outline_of(edition).keys.get(key)) is not None:
            for f in fields_of(definition_of(line.duty.pk).fields):
                found.setdefault(f.key, f)
    return list(found.values())


def holding(word: str) -> Exists:
    """For tasks: whether its record holds the folded `word`, as far as all read it who see the task."""
    return Exists(SearchText.objects.filter(kind=TEXT.TASK, task=OuterRef("pk"), folded__contains=word))


def naming(word: str, case: str) -> Exists:
    """For rows whose case is `case` ("pk", "case_id"): whether number or title holds the folded `word`."""
    return Exists(SearchText.objects.filter(kind=TEXT.CASE, case=OuterRef(case), folded__contains=word))
