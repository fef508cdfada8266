"""Questions whose SQL is made once: Django takes longer to write a statement than PostgreSQL to answer it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import (
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    ForeignKey,
    IntegerField,
    Model,
    QuerySet,
    TextField,
)
from django.db.models.query import ModelIterable, get_related_populators
from django.utils.functional import cached_property

from . import prepared
from .prepared import settled

#: What stands for the nth value while the SQL is made: nobody's real value, and another one in each `turn`.
MARKS: Mapping[type, Callable[[int, int], Any]] = {
    int: lambda n, turn: 2_000_000_000 + 1000 * turn + n,
    str: lambda n, turn: f"\ue000{turn}.{n}",
    date: lambda n, turn: date(9000 + 10 * turn, 1, 1) + timedelta(n),
    datetime: lambda n, turn: datetime(9500 + 10 * turn, 1, 1, tzinfo=UTC) + timedelta(n),
}


MOST = BigIntegerField.MAX_BIGINT
#: Rows of one INSERT, which has parameters for all of them.
AT_ONCE = 256


class Made(NamedTuple):
    """SQL with its parameters; `names` says which value stands at which place, "" where none does."""

    sql: str  # "": nothing can be found
    params: tuple[Any, ...]
    names: tuple[str, ...]
    reader: Reader | None


class Reader:
    """What Django makes of rows; what its compiler would find out each time is found out once a statement."""

    def __init__(self, queryset: QuerySet[Any], compiler: Any) -> None:
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        if compiler.has_composite_fields(columns):
            raise ValueError("a composite key is no column")
        self.compiler, self.converters = compiler, compiler.get_converters(columns)
        self.gives_objects = issubclass(queryset._iterable_class, ModelIterable)
        if self.gives_objects:
            info = compiler.klass_info
            self.model, fields = info["model"], info["select_fields"]
            self.own = slice(fields[0], fields[-1] + 1)
            self.attributes = [column[0].target.attname for column in compiler.select[self.own]]
            self.related = get_related_populators(info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
            self.annotated = tuple(compiler.annotation_col_map.items())

    def read(self, rows: Iterable[Any]) -> list[Any]:
        """Objects with what select_related brings, or tuples."""
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        return [self._object(row) for row in rows] if self.gives_objects else [tuple(row) for row in rows]

    def _object(self, row: Any) -> Any:
        found = self.model.from_db(DEFAULT_DB_ALIAS, self.attributes, row[self.own])
        for populator in self.related:
            populator.populate(row, found)
        for name, place in self.annotated:
            setattr(found, name, row[place])
        return found


class Statement:
    """`build` gives a queryset for `shape`, all that decides the SQL, and values that it only passes on.

    The queryset gives objects, with what select_related brings, or tuples (values_list). ValueError if the
    SQL depends on a value: then it belongs to the shape.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]], most: int = 256) -> None:
        self.build = build
        self._made = lru_cache(most)(self._make)

    def ask(self, *shape: Hashable, **values: Any) -> list[Any]:
        """The rows of `build(*shape, **values)`; a value is an int, a str, a date or a datetime.

        An int that no column holds finds nothing."""
        made = self._made(shape, tuple((name, type(value)) for name, value in values.items()))
        if not made.sql or any(isinstance(v, int) and abs(v) > MOST for v in values.values()):
            return []
        params = [adapted(values[n]) if n else p for n, p in zip(made.names, made.params, strict=True)]
        return asked(made, params)

    def _make(self, shape: tuple[Hashable, ...], kinds: tuple[tuple[str, type], ...]) -> Made:
        made, again = (self._marked(shape, kinds, turn) for turn in (0, 1))
        fixed, fixed_again = (
            [p for n, p in zip(m.names, m.params, strict=True) if not n] for m in (made, again)
        )
        if (made.sql, made.names, fixed) != (again.sql, again.names, fixed_again):
            raise ValueError(f"the SQL depends on a value: {[name for name, _kind in kinds]}")
        return made

    def _marked(self, shape: tuple[Hashable, ...], kinds: tuple[tuple[str, type], ...], turn: int) -> Made:
        marks = {name: MARKS[kind](n, turn) for n, (name, kind) in enumerate(kinds)}
        return written(self.build(*shape, **marks), marks)


class Insertion:
    """INSERT of rows, its SQL made once. `over`: of one that is there already, the columns `update` get the
    values instead; without `update` it stays as it is.

    What is written before and after it goes into the same statement where the database can do that
    (`is_whole`); elsewhere it is the caller's. The row of `first` gives the columns `given` (SQL by field) of
    the one that is put; `also` reads the new rows as `put`."""

    def __init__(
        self,
        model: type[Model],
        *,
        over: Sequence[str] = (),
        update: Sequence[str] = (),
        first: str = "",
        given: Mapping[str, str] | None = None,
        also: str = "",
    ) -> None:
        self.model, self.over, self.update = model, over, update
        self.first, self.all_given, self.also = first, given or {}, also
        self._sql = lru_cache(32)(self._made)  # one for each number of rows
        self._sql_beside = lru_cache(32)(self._made_beside)
        self._reads_but = lru_cache(8)(self._read_but)

    @cached_property
    def is_whole(self) -> bool:
        return bool(self.first or self.also) and connection.vendor == "postgresql"

    def put(self, *rows: Model) -> list[Any]:
        """Insert `rows` as they stand; their keys, in order (not of those that stayed as they were).

        A statement for each AT_ONCE rows. No signals, no default of the database."""
        return [
            found[0]
            for part in (rows[n : n + AT_ONCE] for n in range(0, len(rows), AT_ONCE))
            for found in self._put(part)
        ]

    def put_whole(
        self, row: Model, *, before: Sequence[Any] = (), after: Sequence[Any] = ()
    ) -> tuple[Any, ...]:
        """Insert `row` with `first` and `also`, whose parameters are `before` and `after`; its key, and what
        it was given."""
        [found] = self._put([row], before, after)
        return tuple(found)

    def put_beside(
        self,
        row: Model,
        other: Insertion,
        *,
        about: Sequence[Model],
        key: tuple[str, ...],
        more: Sequence[Model] = (),
    ) -> Any:
        """Insert `row`, and with `other` the rows `about` it, whose columns `key` get its key, and `more`.

        Its key. PostgreSQL does it in one statement."""
        if connection.vendor != "postgresql":
            [found] = self.put(row)
            for one in about:
                for name in key:
                    setattr(one, name, found)
            other.put(*about, *more)
            return found
        values = [read(row) for read in self._reads]
        values += [read(one) for one in about for read in other._reads_but(key)]
        values += [read(one) for one in more for read in other._reads]
        with prepared.cursor() as cursor:
            cursor.execute(self._sql_beside(other, len(about), len(more), key), values)
            return cursor.fetchone()[0]

    def _put(self, rows: Sequence[Model], before: Sequence[Any] = (), after: Sequence[Any] = ()) -> list[Any]:
        values = [read(row) for row in rows for read in self._reads]
        with prepared.cursor() as cursor:
            cursor.execute(self._sql(len(rows)), [*before, *values, *after])
            return list(cursor.fetchall())

    @cached_property
    def given(self) -> Mapping[str, str]:
        return self.all_given if self.is_whole else {}

    @cached_property
    def _fields(self) -> list[Any]:
        return [f for f in self.model._meta.concrete_fields if not isinstance(f, AutoField)]

    @cached_property
    def _reads(self) -> list[Callable[[Model], Any]]:
        return self._reads_but(tuple(self.given))

    def _read_but(self, names: tuple[str, ...]) -> list[Callable[[Model], Any]]:
        """Of each column, but for those with `names`, how its value is read."""
        own = (f for f in self._fields if f.attname not in names and f.name not in names)
        return [_plain(f) if isinstance(f, PLAIN) else _prepared(f) for f in own]

    def _named(self, names: Iterable[str]) -> list[str]:
        fields: list[Any] = [self.model._meta.get_field(name) for name in names]
        return [connection.ops.quote_name(f.column) for f in fields]

    def _row(self, given: Mapping[str, str]) -> str:
        """A place for each value but for those that SQL gives."""
        places = (given.get(f.name, given.get(f.attname, "%s")) for f in self._fields)
        return f"({', '.join(places)})"

    def _into(self, rows: Sequence[str]) -> str:
        instead = ", ".join(f"{column} = EXCLUDED.{column}" for column in self._named(self.update))
        unless = f" ON CONFLICT ({', '.join(self._named(self.over))}) DO " if self.over else ""
        unless += (f"UPDATE SET {instead}" if instead else "NOTHING") if self.over else ""
        return (
            f"INSERT INTO {connection.ops.quote_name(self.model._meta.db_table)} "
            f"({', '.join(self._named(f.name for f in self._fields))}) VALUES {', '.join(rows)}{unless}"
        )

    @cached_property
    def _key(self) -> str:
        key: Any = self.model._meta.pk
        return str(connection.ops.quote_name(key.column))

    def _made(self, count: int) -> str:
        """For `count` rows."""
        sql = f"{self._into([self._row(self.given)] * count)} RETURNING "
        if self.is_whole:
            first, also = (
                f"{name} AS ({text}), " if text else ""
                for name, text in (("first", self.first), ("also", self.also))
            )
            columns = [self._key, *self._named(self.given)]
            sql = (
                f"WITH {first}put AS ({sql}*), {also}".rstrip(", ") + f" SELECT {', '.join(columns)} FROM put"
            )
        else:
            sql += self._key
        return _with_places(sql)

    def _made_beside(self, other: Insertion, about: int, more: int, key: tuple[str, ...]) -> str:
        """For one row, and so many rows of `other`."""
        mine = dict.fromkeys(key, f"(SELECT {self._key} FROM put)")
        rows = [other._row(mine)] * about + [other._row({})] * more
        put = f"{self._into([self._row({})])} RETURNING {self._key}"
        beside = f", beside AS ({other._into(rows)})" if rows else ""
        return _with_places(f"WITH put AS ({put}){beside} SELECT {self._key} FROM put")


def _with_places(sql: str) -> str:
    places = sql.count("%s")
    return settled(sql, [None] * places, [True] * places)[0]


#: Fields that give the database what stands in the row, if it is of one of these types; so do days and times.
PLAIN = (BooleanField, CharField, DateField, ForeignKey, IntegerField, TextField)
SIMPLE = (str, int, bool, type(None))


def _plain(field: Any) -> Callable[[Model], Any]:
    get, prepared = attrgetter(field.attname), _prepared(field)
    convert, of = (adapted, (date, datetime)) if isinstance(field, DateField) else (None, SIMPLE)

    def read(row: Model) -> Any:
        value = get(row)
        if type(value) not in of:
            return prepared(row)
        return convert(value) if convert else value

    return read


def _prepared(field: Any) -> Callable[[Model], Any]:
    return lambda row: field.get_db_prep_save(field.pre_save(row, add=True), connection)


def written(
    queryset: QuerySet[Any],
    marks: Mapping[str, Any] | None = None,
    beside: Mapping[str, QuerySet[Any]] | None = None,
) -> Made:
    """The statement of a queryset that gives objects or tuples; `marks`: what stands for values, by name.

    `beside`: what the statement reads first and once, by the name under which it is used (WITH)."""
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
        for name, first in (beside or {}).items():
            before, its = first.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
            sql, params = f"WITH {name} AS MATERIALIZED ({before}) {sql}", (*its, *params)
    except EmptyResultSet:
        return Made("", (), (), None)
    places = {adapted(mark): name for name, mark in (marks or {}).items()}
    names = [places.get(p, "") if isinstance(p, tuple(MARKS)) else "" for p in params]
    sql, params = settled(sql, params, [bool(name) for name in names])
    left = names if len(params) == len(names) else [name for name in names if name]
    return Made(sql, params, tuple(left), Reader(queryset, compiler))


def asked(made: Made, params: Sequence[Any] | None = None) -> list[Any]:
    """The rows of a statement; without `params` with the values it was written with."""
    if made.reader is None:
        return []
    with prepared.cursor() as cursor:
        cursor.execute(made.sql, made.params if params is None else params)
        return made.reader.read(cursor.fetchall())


def adapted(value: Any) -> Any:
    """A value as the database takes it: SQLite dates as text."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
