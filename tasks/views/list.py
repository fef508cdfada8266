"""The list behind every count."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.listing import list_page
from opsdesk.lib.request import Request
from raci.access import standing_of
from tasks.filters import TaskFilter
from tasks.reach import reach_of
from tasks.tables import TaskTable, light_rows


@allow(team_member, label=gettext_lazy("作業一覧"))
@require_GET
def task_list(request: Request) -> HttpResponseBase:
    """Tasks the person may see, by the filter in the URL; `?export=xlsx` gives the same rows."""
    standing = standing_of(request.user, request.today)
    reach = reach_of(standing)
    return list_page(
        request,
        light_rows(reach, request.today),
        TaskFilter,
        TaskTable,
        title=_("作業一覧"),
        template="tasks/list.html",
        fragment="tasks/_list.html",
        filename="tasks",
        seen_by=(tuple(team.pk for team in standing.teams), reach),
        standing=standing,
        now=request.now,
        today=request.today,
        says_waiting=request.GET.get("state") != "astray",  # what is astray takes a statement of its own
    )
