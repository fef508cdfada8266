"""変更管理: changes by stage, and the calendar of their days."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, team_member
from opsdesk.calendar.days import add_months
from opsdesk.lib.listing import list_page
from opsdesk.lib.request import Request
from opsdesk.lib.templatetags.dates import era_dt
from tasks.changedays import month_of_changes
from tasks.changes import rows_for
from tasks.changes_filter import ChangeFilter
from tasks.changes_table import ChangeTable
from tasks.ledger_filter import month_of, month_words


@allow(team_member, label=gettext_lazy("変更管理"))
@require_GET
def changes(request: Request) -> HttpResponseBase:
    """Changes the person may see, by stage and by the filter in the URL; as xlsx the same rows."""
    return list_page(
        request,
        rows_for(request.user, request.today),
        ChangeFilter,
        ChangeTable,
        title=_("変更管理"),
        template="tasks/changes.html",
        filename="changes",
        asker=request,
    )


@allow(team_member, label=gettext_lazy("変更カレンダー"))
@require_GET
def change_calendar(request: Request) -> HttpResponse:
    """`month` is 2026-12, this one if it is none: days of changes among closed days, runs and stops."""
    first = month_of(request.GET.get("month", ""), request.today)
    here = reverse("tasks:change_calendar")
    context = {
        "title": _("変更カレンダー %(month)s") % {"month": month_words(first)},
        "month": month_of_changes(first, request.user, now=request.now, today=request.today),
        "beside": [
            (f"{here}?month={month:%Y-%m}", month_words(month))
            for month in (add_months(first, -1), add_months(first, 1))
        ],
        "crumbs": [
            (_("ダッシュボード"), "/"),
            (_("変更管理"), reverse("tasks:changes")),
            (month_words(first), ""),
        ],
        "at_text": era_dt(request.now),
    }
    return render(request, "tasks/change_calendar.html", context)
