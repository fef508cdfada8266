"""FastTable: django-tables2 keeps columns, ordering and export; rows and values are drawn in one pass.

A column is fast when its render/value takes (record) or (value); any other one is drawn the stock way, which
costs about fifteen times as much (`stock_columns` names them, so that a test can forbid them).
"""

import html
from collections import OrderedDict
from collections.abc import Callable, Iterator
from copy import copy
from functools import lru_cache
from operator import attrgetter
from typing import Any

import django_tables2 as tables
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django_tables2.rows import BoundRow
from django_tables2.utils import AttributeDict, signature

Cell = Callable[[Any], Any]


@lru_cache(1024)
def _arguments(function: Cell, is_bound: bool) -> tuple[tuple[str, ...], str | None]:
    args, catch_all = signature(function)
    return args[1:] if is_bound else args, catch_all


def arguments(draw: Cell) -> tuple[tuple[str, ...], str | None]:
    """tables2's signature(), asked once a function: names of the arguments without self, and of **kwargs."""
    function = getattr(draw, "__func__", None)
    return _arguments(function or draw, function is not None)


#: The opening tags of cells, by table and column: their attributes are those of the class.
OPENED: dict[tuple[type, str, str], str] = {}


def safe(value: Any) -> str:
    """`value` as it may stand in a page: what conditional_escape gives, without its detours."""
    if value.__class__ is SafeString:
        return value
    return html.escape(value) if value.__class__ is str else conditional_escape(value)


class Columns(OrderedDict[str, Any]):
    """A table's columns. tables2 copies them for each table down to every default, which costs as much as
    twenty rows; what a table changes of a column is its own attributes."""

    def __deepcopy__(self, memo: Any) -> OrderedDict[str, Any]:
        return OrderedDict((name, copy(column)) for name, column in self.items())


class FastTable(tables.Table):
    """`caption` names the table for screen readers; `size` is the number of rows of a page.

    `ids_first`: a page's rows are found before anything is joined to them."""

    caption: str | Promise = ""
    size = 50
    ids_first = False

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.base_columns = Columns(cls.base_columns)

    def row_open(self, record: Any) -> str:
        """The opening tag of a row."""
        return "<tr>"

    def body(self) -> SafeString:
        """All rows of the page; every cell is escaped unless it is safe already."""
        cells = [(self._td(c), self._cell(c, c.render, BoundRow.get_cell, c.default)) for c in self.columns]
        esc, opening = safe, self.row_open
        return mark_safe(
            "".join(
                [
                    opening(r) + "".join([td + esc(cell(r)) + "</td>" for td, cell in cells]) + "</tr>\n"
                    for r in self.paginated_rows.data
                ]
            )
        )

    def as_values(self, exclude_columns: Any = ()) -> Iterator[list[Any]]:
        """The heads, then the plain values of every row (not only of the page), column by column."""
        columns = [
            c
            for c in self.columns.iterall()
            if not (c.column.exclude_from_export or c.name in (exclude_columns or ()))
        ]
        yield [str(c.header) for c in columns]
        plain = tables.Column.value  # it only calls render
        cells = [
            self._cell(
                c,
                c.render if getattr(c.value, "__func__", None) is plain else c.value,
                BoundRow.get_cell_value,
                None,
            )
            for c in columns
        ]
        for r in self.export_rows():
            yield [force_str(cell(r), strings_only=True) for cell in cells]

    def export_rows(self) -> Any:
        """The records that as_values walks over, without keeping them."""
        rows = self.rows.data
        source = getattr(rows, "data", rows)
        return source.iterator(chunk_size=2000) if hasattr(source, "iterator") else source

    def stock_columns(self) -> list[str]:
        """Names of the columns that are drawn the slow way."""
        return [c.name for c in self.columns if not self._is_fast(c, c.render)]

    @staticmethod
    def _is_fast(column: Any, draw: Cell) -> bool:
        args, catch_all = arguments(draw)
        return catch_all is None and (args == ("record",) or (args == ("value",) and column.link is None))

    def _td(self, column: Any) -> str:
        """Once a table, not once a cell; `data-l` is what a phone shows beside the cell ("": nothing)."""
        key = (type(self), column.name, str(column.header))
        if key not in OPENED:
            attrs = dict(column.attrs["td"])
            label = attrs.pop("data-l", column.header)
            text = AttributeDict({**({"data-l": label} if label else {}), **attrs}).as_html()
            OPENED[key] = f"<td {text}>" if text else "<td>"
        return OPENED[key]

    def _cell(self, column: Any, draw: Cell, stock: Callable[[Any, str], Any], default: Any) -> Cell:
        if not self._is_fast(column, draw):
            return lambda r: stock(BoundRow(r, self), column.name)
        if arguments(draw)[0] == ("record",):
            return draw
        model = self.data.model or self._meta.model
        field = column.accessor.get_field(model) if model else None
        names = dict(getattr(field, "flatchoices", None) or ())
        get, empty = attrgetter(column.accessor.replace("__", ".")), column.column.empty_values

        def cell(r: Any) -> Any:
            try:
                v = get(r)
            except AttributeError:  # a NULL on the way: assignee.name
                return default
            return default if v in empty else draw(names.get(v, v) if names else v)

        return cell
