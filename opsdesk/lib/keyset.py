"""Pages by key: any ordering (+ pk), before/after tokens, no OFFSET, no COUNT of everything.

What orders is a field, or an annotation that is never NULL.

NULL is the greatest value on both databases; the pk runs the way the last column runs, so that one index
serves both directions.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import F, Field, IntegerField, Model, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.sql.where import WhereNode
from django.utils import timezone
from django_tables2.rows import BoundRows

from .statement import Made, asked, written

#: A list says how many rows it has up to here, then "1000件以上".
CAP = 1000


class CappedCount(Subquery):
    """How many rows a queryset has, counted no further than one past the cap; computed once a statement."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) capped)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, queryset: QuerySet, cap: int = CAP) -> None:
        super().__init__(queryset.order_by().values("pk")[: cap + 1])


def get_field(model: type[Model], path: str) -> Field:
    """The field at the end of `path` (a__b); raises FieldDoesNotExist."""
    field: Any = None
    for part in path.split("__"):
        field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        model = field.related_model
    return field


def _value(field: Field, nullable: bool, value: Any) -> Any:
    """A token's part as the database takes it; ValueError or ValidationError for what no row can hold."""
    if value is None:
        if nullable:
            return None
        raise ValueError(field.name)
    value = field.to_python(value)
    field.run_validators(value)  # an integer in the column's range
    if isinstance(value, datetime) and timezone.is_naive(value):
        raise ValueError(field.name)
    return value


def _unfiltered(queryset: QuerySet) -> QuerySet:
    """With the same columns, joins and annotations, but of all rows."""
    bare = queryset.all()
    bare.query.where = WhereNode()
    return bare


class KeysetPaginator:
    """`table.paginate(KeysetPaginator, per_page=50, page=request.GET.get("page", ""))`.

    `known`: the plan of the same page, asked before; it answers without the table's queryset."""

    def __init__(self, rows: Any, per_page: int, known: "Plan | None" = None) -> None:
        self.bound, self.per_page, self.known = rows, per_page, known

    def page(self, token: str) -> "KeysetPage":
        table = self.bound.table
        queryset = None if self.known else self.bound.data.data
        return KeysetPage(
            queryset,
            token,
            self.per_page,
            table,
            known=self.known,
            ids_first=getattr(table, "ids_first", False),
        )


class Plan(NamedTuple):
    """How a page is asked: what orders it and which way, and its statement.

    `is_capped`: there were more rows than are counted; the statement counts them no more."""

    names: list[str]
    downs: list[bool]
    fields: list[Field]
    nullable: list[bool]
    made: Made
    is_capped: bool


class KeysetPage:
    """`ids_first`: the rows of the page are found by their keys, and only these get what is joined to them.

    `rows`, and `next` and `previous`: the tokens of the neighbours, "" at the ends.

    `total` is None on other pages than the first, and where nobody counts; with `is_capped` there are more.
    """

    def __init__(
        self,
        queryset: QuerySet | None,
        token: str = "",
        size: int = 50,
        table: Any = None,
        *,
        is_counted: bool = True,
        known: Plan | None = None,
        ids_first: bool = False,
    ) -> None:
        self.size, self.is_counted, self.known, self.ids_first = size, is_counted, known, ids_first
        self._keys(queryset)
        back, at = self._read(token)
        rows = self._ask(queryset, back, at)
        if at and not rows and queryset is not None:
            back, at = False, None  # the rows went away, or the token is from another list: the first page
            rows = self._ask(queryset, back, at)
        more, self.rows = len(rows) > size, rows[:size][::-1] if back else rows[:size]
        self.next = self._token(self.rows[-1], False) if rows and (back or more) else ""
        self.previous = self._token(self.rows[0], True) if rows and (more if back else at) else ""
        counted = self._counted(rows[0]) if rows and not at and is_counted else 0
        self.total: int | None = None if at or not is_counted else min(counted, CAP)
        self.is_capped = counted > CAP
        self.object_list = BoundRows(self.rows, table) if table is not None else self.rows

    def _ask(self, queryset: QuerySet | None, back: bool, at: list[Any] | None) -> list[Any]:
        """The rows of the page and one beyond, in the way this query runs."""
        self.down = [down != back for down in self.downs]
        if queryset is None:
            return asked(self.known.made) if self.known else []
        order = [*map(self._order, self.names, self.down, self.nullable)]
        page = (queryset.filter(self._beyond(at)) if at else queryset).order_by(*order)
        if self.ids_first:
            found = page.values("pk")[: self.size + 1]
            page = _unfiltered(queryset).filter(pk__in=found).order_by(*order)
        self.order, self.counts = order, queryset if self.is_counted and not at else None
        self.bare = self.asked = page[: self.size + 1]
        if self.is_counted and not at:  # unless finding one row costs as much as finding all
            self.asked = page.annotate(row_total=CappedCount(queryset))[: self.size + 1]
        return list(self.asked)

    def plan(self) -> Plan:
        """By which the same page is asked again."""
        if self.is_capped:
            made = written(self.bare.all())
        elif self.ids_first and self.counts is not None:
            made = self._in_one_go(self.counts)
        else:
            made = written(self.asked.all())
        return Plan(self.names, self.downs, self.fields, self.nullable, made, self.is_capped)

    def _in_one_go(self, queryset: QuerySet) -> Made:
        """The first page and how many rows there are, of rows that were found once: they are few."""
        keys = {f"key{n}": F(name) for n, name in enumerate(self.names)}
        found = queryset.order_by().annotate(**keys).values("pk", *keys)
        order = ", ".join(
            f"{key} DESC NULLS FIRST" if down else f"{key} ASC NULLS LAST"
            for key, down in zip(keys, self.down, strict=True)
        )
        first = RawSQL(f"SELECT pk FROM found ORDER BY {order} LIMIT %s", [self.size + 1])
        total = RawSQL("SELECT COUNT(*) FROM found", (), output_field=IntegerField())
        page = _unfiltered(queryset).filter(pk__in=first).order_by(*self.order)
        return written(page.annotate(row_total=total), beside={"found": found})

    def _counted(self, row: Any) -> int:
        """How many rows there are, up to one beyond the cap."""
        return CAP + 1 if self.known and self.known.is_capped else row.row_total

    def _keys(self, queryset: QuerySet | None) -> None:
        if self.known or queryset is None:
            assert self.known, "a page needs a queryset or a plan"
            self.names, self.downs, self.fields, self.nullable = self.known[:4]
            return
        model = queryset.model
        order = map(str, queryset.query.order_by or model._meta.ordering)
        keys = [(name.lstrip("-"), name[0] == "-") for name in order]
        at_pk = [i for i, (name, _) in enumerate(keys) if name in ("pk", model._meta.pk.name)]
        keys = keys[: at_pk[0] + 1] if at_pk else [*keys, ("pk", keys[-1][1] if keys else False)]
        self.names = [name for name, _ in keys]
        self.downs = [down for _, down in keys]
        annotated = queryset.query.annotations
        self.fields = [
            annotated[name].output_field if name in annotated else get_field(model, name)
            for name in self.names
        ]
        self.nullable = [
            "__" in name or field.null for name, field in zip(self.names, self.fields, strict=True)
        ]

    @staticmethod
    def _order(name: str, down: bool, nullable: bool) -> Any:
        nulls = {"nulls_first" if down else "nulls_last": True} if nullable else {}
        return (F(name).desc if down else F(name).asc)(**nulls)

    def _beyond(self, at: Sequence[Any]) -> Q:
        """The rows after the key `at`, in the way the query runs."""
        if (
            not any(self.nullable) and len(set(self.down)) == 1
        ):  # (due_at, id) > (x, y): one range of the index
            compare, edge = (TupleLessThan, "lte") if self.down[0] else (TupleGreaterThan, "gte")
            # SQLite gets the tuples as ANDs and ORs: the edge of the first column keeps it a range there too
            return Q(**{f"{self.names[0]}__{edge}": at[0]}) & Q(compare(Tuple(*map(F, self.names)), at))
        beyond, same = Q(), Q()
        for name, value, down, nullable in zip(self.names, at, self.down, self.nullable, strict=True):
            null = Q(**{f"{name}__isnull": True})
            if value is None:
                beyond, same = (beyond | (same & ~null) if down else beyond), same & null
                continue
            arm = Q(**{f"{name}__{'lt' if down else 'gt'}": value})
            if nullable and not down:
                arm |= null
            beyond |= same & arm
            same &= Q(**{name: value})
        return beyond

    def _read(self, token: str) -> tuple[bool, list[Any] | None]:
        try:  # no token, or one of another ordering: the first page
            back, *at = json.loads(token)
            return bool(back), [
                _value(field, nullable, value)
                for field, nullable, value in zip(self.fields, self.nullable, at, strict=True)
            ]
        except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
            return False, None

    def _token(self, row: Any, back: bool) -> str:
        values = [
            reduce(lambda o, part: getattr(o, part, None), name.split("__"), row) for name in self.names
        ]
        return json.dumps(
            [int(back), *[v if v is None or isinstance(v, int | str) else str(v) for v in values]],
            separators=(",", ":"),
        )
