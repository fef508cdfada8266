"""Question: requests (業務依頼), the answers of what is asked of the union's services, duty by duty.

A duty belongs here if it can be raised as a request that asks something, or follows on such a one.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet, Value

from opsdesk.accounts.models import Organization
from raci.access import Standing, standing_of
from raci.definition import definition_of
from raci.models import CaseKind
from raci.outline import Line, outline_of
from raci.restricted import restrictions

from .asked import Field, fields_of
from .casegraph import entries_read_by, graph_of
from .concerned import concerned
from .models import Task
from .raising import entries, fields_asked

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


def unsearched(standing: Standing) -> list[str]:
    """Keys of the fields in whose answers the person can't search: those not seen on everything they read."""
    roles = {t.role.code for t in standing.teams}
    if any(t.role.kind != Organization.Kind.MEMBER for t in standing.teams):
        roles -= {t.role.code for t in standing.teams if t.role.kind == Organization.Kind.MEMBER}
    return sorted({r.key for r in restrictions(standing.editions) if r.roles.isdisjoint(roles)})


class Holds(Func):
    """Whether a text or number among the answers holds `word`, whatever its case; `keys` are left out."""

    output_field = BooleanField()

    def __init__(self, word: str, keys: list[str]) -> None:
        pattern = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        super().__init__(F("answers"), Value(f"%{pattern}%"))
        self.keys = keys

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        answers, word, params = self._compiled(compiler)
        paths = [f'$."{key}"' for key in self.keys]
        shown = f"json_remove({answers}{', %s' * len(paths)})"
        return (
            f"EXISTS (SELECT 1 FROM json_tree({shown}) AS found WHERE found.type IN ('text', 'integer')"
            f" AND found.atom LIKE {word} ESCAPE '\\')"
        ), (*params[0], *paths, *params[1])

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        answers, word, params = self._compiled(compiler)
        shown = f"({answers} - CAST(%s AS text[]))"
        return (
            f"EXISTS (SELECT 1 FROM jsonb_path_query({shown}, 'strict $.**') AS found(value)"
            " WHERE jsonb_typeof(found.value) IN ('string', 'number')"
            f" AND found.value #>> '{{}}' ILIKE {word})"
        ), (*params[0], self.keys, *params[1])

    def _compiled(self, compiler: Any) -> tuple[str, str, tuple[Any, Any]]:
        answers, word = self.get_source_expressions()
        (one, of_one), (two, of_two) = compiler.compile(answers), compiler.compile(word)
        return one, two, (of_one, of_two)
