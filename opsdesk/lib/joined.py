"""Rows of a queryset in one value: a statement brings them beside something else."""

from typing import Any

from django.db.models import CharField, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat, Replace

#: Between rows and between columns.
ROW, COLUMN = "\x1e", "\x1f"


class JoinedRows(Subquery):
    """The columns of all rows as text, in no order; NULL without any. `joined_rows` takes them apart.

    What stands between rows and columns is left out where somebody typed it."""

    template = "(SELECT string_agg(joined_row, chr(30)) FROM (%(subquery)s) joined)"
    output_field = CharField()

    def __init__(self, queryset: QuerySet[Any], *columns: str) -> None:
        texts: list[Any] = []
        for column in columns:
            text = Replace(Cast(column, CharField()), Value(ROW), Value(""))
            texts += [Value(COLUMN), Replace(text, Value(COLUMN), Value(""))]
        joined = Concat(*texts[1:]) if len(columns) > 1 else texts[1]
        super().__init__(queryset.order_by().values(joined_row=joined))

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(
            compiler, connection, "(SELECT group_concat(joined_row, char(30)) FROM (%(subquery)s) joined)"
        )


def joined_rows(text: str | None) -> list[list[str]]:
    return [row.split(COLUMN) for row in text.split(ROW)] if text else []
