"""システム監視: the devices, the worst first; one device; the heartbeats."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from monitoring.devicepage import DevicePage
from monitoring.filters import DeviceFilter, HeartbeatFilter
from monitoring.models import Alert, Device, Heartbeat
from monitoring.reach import lines_for
from monitoring.standing import ranked
from monitoring.tables import DeviceTable, HeartbeatTable
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.listing import list_page
from opsdesk.lib.request import Request


@allow(team_member, label=gettext_lazy("システム監視"))
@require_GET
def devices(request: Request) -> HttpResponseBase:
    """The devices that the person reads, by the filter in the URL; `?export=xlsx` gives the same rows."""
    own = Device.objects.active().visible_to(request.user, request.today).select_related("organization")
    return list_page(
        request,
        ranked(own),
        DeviceFilter,
        DeviceTable,
        title=_("システム監視"),
        template="monitoring/devices.html",
        filename="devices",
        now=request.now,
        today=request.today,
    )


@allow(team_member, label=gettext_lazy("機器の監視"))
@require_GET
def device(request: Request, pk: int) -> HttpResponse:
    """One device: its checks, its thirty days, its alerts."""
    own = Device.objects.visible_to(request.user, request.today).select_related("organization")
    found = get_object_or_404(ranked(own), pk=pk)
    page = DevicePage(found, request.user, now=request.now, today=request.today)
    return render(request, "monitoring/device.html", {"page": page, "device": found, "title": str(found)})


@allow(team_member, label=gettext_lazy("完了通知"))
@require_GET
def heartbeats(request: Request) -> HttpResponseBase:
    """The heartbeats of duties on which the person has a mark."""
    state = Alert.objects.open().filter(heartbeat=OuterRef("pk")).order_by("-pk").values("state")[:1]
    own = Heartbeat.objects.visible_to(request.user, request.today).select_related("organization")
    return list_page(
        request,
        own.filter(is_active=True).annotate(alert_state=Subquery(state)),
        HeartbeatFilter,
        HeartbeatTable,
        title=_("完了通知"),
        template="monitoring/heartbeats.html",
        filename="heartbeats",
        lines=lines_for(request.user, request.today),
        today=request.today,
    )
