"""障害の集計."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from incidents.figures import Incidents, Times, all_of, oldest
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.request import Request
from opsdesk.lib.workbook import CONTENT_TYPE, write_book
from tasks.figures import context, sheets, span_of


@allow(team_member, label=gettext_lazy("障害の集計"))
@require_GET
def incident_figures(request: Request) -> HttpResponseBase:
    """Of a fiscal year and a municipality (`?year=2026&organization=shiomi`); `&export=xlsx`."""
    visible = all_of(request.user, request.today)
    span = span_of(request, oldest(visible))
    found = Incidents(visible, span, request.now)
    figures, times = found.figures, found.times()
    if request.GET.get("export") == "xlsx":
        book = write_book([*sheets(figures, span), (_("目標時間"), _sheet(times))])
        name = _("障害の集計_%(year)s.xlsx") % {"year": span.year.short}
        return FileResponse(book, as_attachment=True, filename=name, content_type=CONTENT_TYPE)
    rows = [(t, found.cell(t, "judged"), found.cell(t, "mended")) for t in times]
    said = {"title": _("障害の集計"), "crumbs": [(_("ダッシュボード"), "/"), (_("障害の集計"), "")]}
    page = {
        **said,
        **context(span, figures, found.total, found.url()),
        "times": [(t, j, m, t.average("judged"), t.average("mended")) for t, j, m in rows],
    }
    return render(request, "incidents/incident_figures.html", page)


def _sheet(times: list[Times]) -> Iterator[list[Any]]:
    yield [
        _("レベル"), _("件数"), _("判定 期限内"), _("判定 期限後"), _("判定まで(平均)"), _("復旧 期限内"),
        _("復旧 期限後"), _("回復まで(平均)"),
    ]  # fmt: skip
    for t in times:
        n = t.numbers
        yield [
            t.label, t.count, n["judged-met"], n["judged-missed"], t.average("judged"), n["mended-met"],
            n["mended-missed"], t.average("mended"),
        ]  # fmt: skip
