"""list_page(): queryset + FilterSet + Table → the page, its pages, its xlsx, its fragment and its paper."""

from collections.abc import Hashable, Sequence
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from . import keptlist, workbook
from .filters import ListFilter
from .keptlist import Kept
from .keyset import CAP, KeysetPage, KeysetPaginator, Plan
from .request import Request, whole_number
from .tables import FastTable
from .templatetags.dates import era_dt

FRAGMENT = "ui/_list.html"
Row = TypeVar("Row")


def list_page(
    request: Request,
    queryset: QuerySet,
    filterset_class: type[ListFilter],
    table_class: type[FastTable],
    *,
    title: str,
    template: str = "ui/list_page.html",
    fragment: str = FRAGMENT,
    filename: str = "list",
    context: dict[str, Any] | None = None,
    seen_by: Hashable = None,
    **table_options: Any,
) -> HttpResponseBase:
    """One list. The whole state stands in the URL: the filter, `sort`, `page` (a token) and `export=xlsx`.

    `queryset` is what the person may see; `table_options` go to the table. htmx gets `fragment` only.
    `seen_by` is what decides that queryset, if a page of it may be kept for a minute (keptlist).
    The template finds title, filter, table, page, export_url, filter_words, faults, at_text."""
    key, at_text = keptlist.key_of(request, filterset_class, table_class, seen_by), era_dt(request.now)
    kept = keptlist.find(key)
    table = kept and _again(kept, table_class([], order_by=kept.order_by, **table_options), request)
    if kept and table:
        form, words, faults = kept.form, kept.words, []
    else:
        filterset = filterset_class(request.GET, queryset, request=request)
        table = _table(request, filterset, table_class, table_options)
        words, faults = filterset.words(), filterset.faults()
        if request.GET.get("export") == "xlsx":
            return export(table, request, title=title, filename=filename, words=words, at_text=at_text)
        _paginate(table, request)
        form = SafeString() if request.htmx else filterset.drawn("#list")
        if key and table.page.rows and not faults:
            keptlist.keep(key, form, words, tuple(table.order_by), table.page.plan())
    return render(
        request,
        fragment if request.htmx else template,
        {
            **(context or {}),
            "title": title,
            "filter_form": form,
            "faults": faults,
            "filter_words": words,
            "table": table,
            "page": pager(request, table.page),
            "export_url": link(request, export="xlsx", page=None),
            "at_text": at_text,
        },
    )


def _again(kept: Kept, table: FastTable, request: Request) -> FastTable | None:
    """The page by its kept plan; None where its rows went away, and the first page is to be shown."""
    table.request = request
    _paginate(table, request, kept.plan)
    return table if table.page.rows or not request.GET.get("page") else None


def _table(
    request: Request, filterset: ListFilter, table_class: type[FastTable], options: dict[str, Any]
) -> FastTable:
    table = table_class(filterset.qs, order_by=filterset.order_by, **options)
    table.request = request
    if request.GET.get(table.prefixed_order_by_field):
        table.order_by = request.GET.getlist(table.prefixed_order_by_field)
    if not table.order_by and filterset.order_by:  # the URL names no column that can be sorted
        table.order_by = filterset.order_by
    return table


def _paginate(table: FastTable, request: Request, known: Plan | None = None) -> None:
    table.paginate(KeysetPaginator, per_page=table.size, page=request.GET.get("page", ""), known=known)


def export(
    table: FastTable, request: Request, *, title: str, filename: str, words: str, at_text: str
) -> HttpResponseBase:
    """The same rows and columns as the page's, all of them, as xlsx; above them what they are."""
    above = (
        title,
        _("条件: %(words)s") % {"words": words or _("なし（すべて）")},
        f"{at_text} {request.user}",
    )
    response = workbook.response(
        table.as_values(),
        title=title,
        filename=f"{filename}-{request.today:%Y%m%d}.xlsx",
        above=above,
    )
    named = content_disposition_header(True, f"{title}_{request.today:%Y%m%d}.xlsx")
    response["Content-Disposition"] = named
    return response


def link(request: Request, **changes: str | None) -> str:
    """The page's own query string with `changes` (None takes a parameter away), without empty ones."""
    query = request.GET.copy()
    for name in [name for name, value in query.items() if not value]:
        del query[name]
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"


def numbered(request: Request, rows: Sequence[Row], size: int) -> tuple[Sequence[Row], dict[str, Any]]:
    """Of `rows`, which are all read already, those of `?page=2`, and what ui/_pager.html shows.

    What is no number is the first page, what lies beyond the last one is the last."""
    last = max(1, -(-len(rows) // size))
    page = min(max(whole_number(request.GET.get("page", "")) or 1, 1), last)

    def at(n: int) -> str | None:
        return link(request, page=str(n) if n > 1 else None, export=None) if 1 <= n <= last else None

    shown = rows[(page - 1) * size : page * size]
    return shown, {"previous": at(page - 1), "next": at(page + 1), "total": len(rows), "size": size}


def pager(request: Request, page: KeysetPage) -> dict[str, Any]:
    """What ui/_pager.html shows."""
    return {
        "previous": link(request, page=page.previous, export=None) if page.previous else None,
        "next": link(request, page=page.next, export=None) if page.next else None,
        "total": page.total,
        "total_is_capped": page.is_capped,
        "size": page.size,
        "cap": CAP,
    }
