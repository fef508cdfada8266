"""月間予定: a month as a calendar with what is due and what opens on each day; or the same as a list."""

from datetime import date
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, team_member
from opsdesk.calendar.days import add_months, last_of_month
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.request import Request
from tasks.ledger_filter import SPAN, month_words
from tasks.yearplan import Plan
from tasks.yearplan_events import stops
from tasks.yearplan_filter import PlanFilter
from tasks.yearplan_list import PlanTable
from tasks.yearplan_month import weeks
from tasks.yearplan_reading import plan
from tasks.yearplan_urls import month_url, year_url

from .year import as_xlsx, head


@allow(team_member, label=gettext_lazy("月間予定"))
@require_GET
def month(request: Request, month: str) -> HttpResponseBase:
    """`month` is 2026-11; `?view=list` is the list, `?export=xlsx` the same rows as a workbook."""
    first = _first(month, request.today)
    shown = plan(PlanFilter.of(request), first, last_of_month(first.year, first.month), with_daily=True)
    title = _("月間予定 %(month)s") % {"month": month_words(first)}
    if request.GET.get("export") == "xlsx":
        return as_xlsx(shown, title)
    view = "list" if request.GET.get("view") == "list" else ""
    return render(
        request,
        "tasks/month.html",
        {
            "title": title,
            "is_list": bool(view),
            "stops": stops(shown),
            **head(shown, month_url(shown.choice, first, view=view)),
            **_around(shown, first, view),
            **(PlanTable.page_of(shown) if view else {"weeks": weeks(shown)}),
        },
    )


def _first(text: str, today: date) -> date:
    """The first day of 2026-11; a month that is none, or out of all reason, is not there."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None
    if abs(first.year - today.year) > SPAN:
        raise Http404
    return first


def _around(shown: Plan, first: date, view: str) -> dict[str, Any]:
    """The months beside, the year around, and the other views."""
    choice, fiscal = shown.choice, FiscalYear.of(first)
    beside = [add_months(first, -1), add_months(first, 1)]
    return {
        "crumbs": [
            (_("ダッシュボード"), "/"),
            (_("年間予定"), year_url(choice, fiscal.year)),
            (month_words(first), ""),
        ],
        "beside": [(month_url(choice, m, view=view), month_words(m)) for m in beside],
        "this_month": month_url(choice, shown.today, view=view),
        "views": [
            (year_url(choice, fiscal.year), _("年"), False),
            (month_url(choice, first), _("月"), not view),
            (month_url(choice, first, view="list"), _("一覧"), bool(view)),
        ],
    }
