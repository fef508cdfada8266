"""性能: the charts of one device."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from monitoring.charts import ChartPage
from monitoring.models import Device
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.request import Request


@allow(team_member, label=gettext_lazy("機器の性能のグラフ"))
@require_GET
def performance(request: Request, pk: int) -> HttpResponse:
    """What was measured, of the last day, week or 35 days."""
    own = Device.objects.visible_to(request.user, request.today)
    device = get_object_or_404(own, pk=pk)
    page = ChartPage(device, request.GET.get("span", ""), now=request.now)
    title = _("%(name)s の測定値") % {"name": device}
    return render(
        request, "monitoring/performance.html", {"page": page, "title": title, "today": request.today}
    )
