"""改定履歴: every edition that was and is being made."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, drafter, signed_in
from opsdesk.lib.listing import list_page
from opsdesk.lib.request import Request
from raci.models import Edition
from tasks.editiontable import EditionFilter, EditionTable

from .edition import crumbs


@allow(signed_in, label=gettext_lazy("改定履歴"))
@require_GET
def editions(request: Request) -> HttpResponseBase:
    """All editions, the newest first; drafts only for those who may draft."""
    visible = Edition.objects.visible_to(request.user, request.today)
    is_drafter = drafter(request)
    return list_page(
        request,
        visible.select_related("based_on", "published_by", "saved_by"),
        EditionFilter,
        EditionTable,
        title=_("改定履歴"),
        template="tasks/editions.html",
        filename="editions",
        context={
            "is_drafter": is_drafter,
            "crumbs": crumbs("")[:2] + [(_("改定履歴"), "")],
            "empty": _("広域組合の担当者か管理者が改定案を作ると、ここに並びます。"),
        },
        in_force=Edition.objects.in_force(request.today).values_list("pk", flat=True).first(),
        is_drafter=is_drafter,
    )
