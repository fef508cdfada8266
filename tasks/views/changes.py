"""変更管理: changes by stage, and the calendar of their days."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.listing import list_page
from opsdesk.lib.request import Request
from tasks.changes import rows_for
from tasks.changes_filter import ChangeFilter
from tasks.changes_table import ChangeTable


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
