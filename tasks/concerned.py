"""Whom cases concern, in the rows of a list: ids as one text, so that a page asks nothing more."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, OuterRef, Subquery

from .choices import all_teams
from .models import Concern


class Ids(Subquery):
    """The ids of the organizations that a queryset finds, "3,5", in no order."""

    template = "(SELECT group_concat(many.organization_id) FROM (%(subquery)s) many)"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        joined = "string_agg(CAST(many.organization_id AS text), ',')"
        return self.as_sql(compiler, connection, template=f"(SELECT {joined} FROM (%(subquery)s) many)")


def concerned(case: str) -> Ids:
    """For rows whose case is `case` ("pk", "case_id"): ids of whom it concerns."""
    return Ids(Concern.objects.filter(case=OuterRef(case)).order_by().values("organization_id"))


def ids_in(text: str | None) -> frozenset[int]:
    return frozenset(int(pk) for pk in text.split(",")) if text else frozenset()


def names_of(ids: frozenset[int]) -> list[str]:
    """Names of these municipalities, in their order."""
    rows = {t.organization_id: t.organization_name for t in all_teams() if t.is_member}
    return [name for pk, name in rows.items() if pk in ids]
