"""問合せの集計."""

from __future__ import annotations

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from helpdesk.figures import Inquiries, all_of, oldest
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.request import Request
from opsdesk.lib.workbook import CONTENT_TYPE, write_book
from tasks.figures import context, sheets, span_of


@allow(team_member, label=gettext_lazy("問合せの集計"))
@require_GET
def inquiry_figures(request: Request) -> HttpResponseBase:
    """Of a fiscal year and a municipality (`?year=2026&organization=shiomi`); `&export=xlsx`."""
    visible = all_of(request.user, request.today)
    span = span_of(request, oldest(visible))
    found = Inquiries(visible, span)
    figures = found.figures
    if request.GET.get("export") == "xlsx":
        name = _("問合せの集計_%(year)s.xlsx") % {"year": span.year.short}
        book = write_book(sheets(figures, span))
        return FileResponse(book, as_attachment=True, filename=name, content_type=CONTENT_TYPE)
    said = {"title": _("問合せの集計"), "crumbs": [(_("ダッシュボード"), "/"), (_("問合せの集計"), "")]}
    page = {**said, **context(span, figures, found.total, found.url())}
    return render(request, "ui/figures_page.html", page)
