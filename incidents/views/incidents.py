"""障害の一覧."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from incidents.filters import IncidentFilter
from incidents.tables import IncidentTable, light_incidents
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.listing import list_page
from opsdesk.lib.request import Request
from raci.access import standing_of
from tasks.models import Case


@allow(team_member, label=gettext_lazy("障害一覧"))
@require_GET
def incident_list(request: Request) -> HttpResponseBase:
    """Incidents the person may read, by stage; `?export=xlsx` gives the same rows."""
    return list_page(
        request,
        light_incidents(Case.objects.visible_to(request.user, request.today)),
        IncidentFilter,
        IncidentTable,
        title=_("障害一覧"),
        template="incidents/list.html",
        filename="incidents",
        standing=standing_of(request.user, request.today),
        now=request.now,
        today=request.today,
    )
