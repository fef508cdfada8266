"""Ids of a queryset in one value: a statement brings them beside something else."""

from typing import Any

from django.db.models import CharField, F, QuerySet, Subquery


class JoinedIds(Subquery):
    """The ids as text, "3,1,7", in no order; NULL without any."""

    template = "(SELECT string_agg(CAST(joined_id AS text), ',') FROM (%(subquery)s) joined)"
    output_field = CharField()

    def __init__(self, queryset: QuerySet[Any]) -> None:
        super().__init__(queryset.order_by().values(joined_id=F("pk")))

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(
            compiler, connection, "(SELECT group_concat(joined_id) FROM (%(subquery)s) joined)"
        )
