"""業務依頼: what was asked, duty by duty, searched and taken along as xlsx."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.listing import list_page
from opsdesk.lib.request import Request
from raci.access import standing_of
from tasks.requests import duties_for, rows_for
from tasks.requests_filter import RequestFilter
from tasks.requests_table import RequestTable


@allow(team_member, label=gettext_lazy("業務依頼"))
@require_GET
def answers(request: Request) -> HttpResponseBase:
    """Requests the person may see, by the filter in the URL; `duty` (a key) makes its fields the columns."""
    lines = {str(k): k for k in duties_for(standing_of(request.user, request.today))}
    return list_page(
        request,
        rows_for(request.user, request.today),
        RequestFilter,
        RequestTable,
        title=_("業務依頼"),
        template="tasks/answers.html",
        fragment="tasks/_answers.html",
        filename="requests",
        asker=request,
        duty=lines.get(request.GET.get("duty", "")),
    )
