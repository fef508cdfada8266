"""案件一覧."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.listing import list_page
from opsdesk.lib.request import Request
from raci.access import standing_of
from tasks.casefilters import CaseFilter
from tasks.casetable import CaseTable, light_cases
from tasks.models import Case


@allow(team_member, label=gettext_lazy("案件一覧"))
@require_GET
def cases(request: Request) -> HttpResponseBase:
    """Cases the person may read, by the filter in the URL; `?export=xlsx` gives the same rows."""
    return list_page(
        request,
        light_cases(Case.objects.visible_to(request.user, request.today)),
        CaseFilter,
        CaseTable,
        title=_("案件一覧"),
        template="tasks/cases.html",
        filename="cases",
        standing=standing_of(request.user, request.today),
        now=request.now,
        today=request.today,
    )
