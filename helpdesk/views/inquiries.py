"""受付の一覧: the work list of the help desk and of everybody who answers."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from helpdesk.filters import InquiryFilter
from helpdesk.models import Inquiry
from helpdesk.reception import receives
from helpdesk.tables import InquiryTable, light
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.listing import list_page
from opsdesk.lib.request import Request


@allow(team_member, label=gettext_lazy("受付の一覧"))
@require_GET
def inquiries(request: Request) -> HttpResponseBase:
    """Inquiries the person may read, the unanswered ones first; `?export=xlsx` gives the same rows."""
    return list_page(
        request,
        light(Inquiry.objects.visible_to(request.user, request.today)),
        InquiryFilter,
        InquiryTable,
        title=_("受付の一覧"),
        template="helpdesk/inquiries.html",
        filename="inquiries",
        context={"receives": receives(request.user, request.today)},
        now=request.now,
        today=request.today,
    )
