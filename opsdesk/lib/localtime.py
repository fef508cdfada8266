"""Months and hours of Japan, reckoned by the database itself: no row of a large table comes to Python for it.

Django's own TruncMonth calls Python for every row on SQLite. Japan has had no summer time since 1951."""

from typing import Any

from django.db.models import CharField, Func, IntegerField


class LocalMonth(Func):
    """2026-11 of an instant."""

    output_field = CharField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="strftime('%%%%Y-%%%%m', %(expressions)s, '+9 hours')", **extra
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "to_char((%(expressions)s) AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM')"
        return self.as_sql(compiler, connection, template=template, **extra)


class LocalHour(Func):
    """0 to 23 of an instant."""

    output_field = IntegerField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "CAST(strftime('%%%%H', %(expressions)s, '+9 hours') AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "CAST(EXTRACT(HOUR FROM (%(expressions)s) AT TIME ZONE 'Asia/Tokyo') AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **extra)
