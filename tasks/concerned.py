"""Whom cases concern, in the rows of a list: ids as one text, so that a page asks nothing more."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import CharField, OuterRef, Subquery
from django.utils.translation import gettext as _

from raci.models import DutyField

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


def names_of(ids: Collection[int], own: Collection[int] | None) -> str:
    """Names of these municipalities in their order; others than `own` are 他団体 n件."""
    rows = {t.organization_id: t.organization_name for t in all_teams() if t.is_member}
    found = [name for pk, name in rows.items() if pk in ids and (own is None or pk in own)]
    return "、".join([*found, *_others(len(ids) - len(found))])


def masked(row: DutyField, value: Any, own: Collection[int] | None) -> Any:
    """An answer; of one that names municipalities others than `own` are only counted."""
    if own is None or not value or not row.options.get("organizations"):
        return value
    codes = value if isinstance(value, list) else [value]
    mine = {t.organization_code for t in all_teams() if t.is_member and t.organization_id in own}
    kept = [code for code in codes if code in mine]
    return [*kept, *_others(len(codes) - len(kept))]


def _others(count: int) -> list[str]:
    return [_("他団体 %(n)s件") % {"n": count}] if count else []
