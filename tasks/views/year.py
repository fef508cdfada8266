"""年間予定: the due days of a fiscal year, its yearly and monthly work, its events; or the same as a list."""

from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, team_member
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.listing import export
from opsdesk.lib.request import Request
from opsdesk.lib.templatetags.dates import era_dt
from raci.models import Mark
from tasks.filters import PERIODIC
from tasks.ledger_filter import SPAN
from tasks.yearplan import Plan
from tasks.yearplan_bars import sections
from tasks.yearplan_clashes import clashes
from tasks.yearplan_events import events
from tasks.yearplan_filter import PlanFilter
from tasks.yearplan_heat import DAYS, heat
from tasks.yearplan_list import PlanTable
from tasks.yearplan_reading import plan
from tasks.yearplan_state import WORDS
from tasks.yearplan_urls import month_url, tasks_url, year_url


@allow(team_member, label=gettext_lazy("年間予定"))
@require_GET
def year_now(request: Request) -> HttpResponse:
    """The fiscal year of today."""
    return redirect("tasks:year", FiscalYear.of(request.today).year)


@allow(team_member, label=gettext_lazy("年間予定"))
@require_GET
def year(request: Request, year: int) -> HttpResponseBase:
    """`?view=list` is the list, `?export=xlsx` the same rows as a workbook."""
    if abs(year - request.today.year) > SPAN:
        raise Http404
    fiscal = FiscalYear(year)
    shown = plan(PlanFilter.of(request), fiscal.starts_on, fiscal.ends_on)
    title = _("年間予定 %(year)s") % {"year": fiscal.label}
    if request.GET.get("export") == "xlsx":
        return as_xlsx(shown, title)
    is_list = request.GET.get("view") == "list"
    context = _listed(shown) if is_list else _drawn(shown)
    return render(
        request,
        "tasks/year.html",
        {
            "title": title,
            "crumbs": [(_("ダッシュボード"), "/"), (_("年間予定"), "")],
            "fiscal": fiscal,
            "years": _years(shown, fiscal),
            "is_list": is_list,
            "views": _views(shown, fiscal, is_list=is_list),
            **head(shown, year_url(shown.choice, year, view="list" if is_list else "")),
            **context,
        },
    )


def head(shown: Plan, url: str) -> dict[str, Any]:
    """What stands above every plan: its counts as links, the choice, clashes; `url` is the page's own."""
    between = {"cycle": PERIODIC, "due_from": shown.first, "due_to": shown.last}
    path, _mark, query = url.partition("?")
    choice = shown.choice
    return {
        "plan": shown,
        "choice": choice,
        "here": path,
        "is_list_kept": "view=list" in query,
        "scopes": choice.scopes(),
        "marks": Mark.choices,
        "counts": {
            "all": sum(lot.all for lot in shown.due),
            "done": sum(lot.done for lot in shown.due),
            "late": sum(lot.late for lot in shown.due),
            "done_url": tasks_url(choice, **{**between, "state": "done"}),
            "late_url": tasks_url(choice, **{**between, "state": "overdue"}),
        },
        "clashes": clashes(shown),
        "export_url": f"{url}{'&' if query else '?'}export=xlsx",
        "at_text": era_dt(shown.now),
    }


def _drawn(shown: Plan) -> dict[str, Any]:
    return {
        "heat": heat(shown),
        "days": range(1, DAYS + 1),
        "sections": sections(shown, events(shown)),
        "thirds": [(_("上"), _("上旬")), (_("中"), _("中旬")), (_("下"), _("下旬"))],
        "kinds": list(WORDS.items()),
    }


def _listed(shown: Plan) -> dict[str, Any]:
    return PlanTable.page_of(shown)


def _years(shown: Plan, fiscal: FiscalYear) -> list[tuple[FiscalYear, str, bool]]:
    """From the first edition's to the year after today's; the chosen one is always there."""
    now = FiscalYear.of(shown.today)
    first = FiscalYear.of(shown.book.spans[0][1]) if shown.book.spans else now
    numbers = {*range(min(first.year, now.year), now.year + 2), fiscal.year}
    return [
        (FiscalYear(n), year_url(shown.choice, n), n == fiscal.year) for n in sorted(numbers, reverse=True)
    ]


def _views(shown: Plan, fiscal: FiscalYear, *, is_list: bool) -> list[tuple[str, str, bool]]:
    month = shown.today if shown.today in fiscal else fiscal.starts_on
    return [
        (year_url(shown.choice, fiscal.year), _("年"), not is_list),
        (month_url(shown.choice, month), _("月"), False),
        (year_url(shown.choice, fiscal.year, view="list"), _("一覧"), is_list),
    ]


def as_xlsx(shown: Plan, title: str) -> HttpResponseBase:
    """The rows of the list as a workbook."""
    return export(
        PlanTable(shown),
        shown.choice.request,
        title=title,
        filename="plan",
        words=shown.choice.words(),
        at_text=era_dt(shown.now),
    )
