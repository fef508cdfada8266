"""警報: the list, one alert, and 確認した."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from monitoring.alertpage import AlertPage
from monitoring.alerts import confirm
from monitoring.alerttable import AlertFilter, AlertTable, light_alerts
from monitoring.models import Alert
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.listing import list_page
from opsdesk.lib.request import Request

NOTE_LIMIT = 200


@allow(team_member, label=gettext_lazy("警報の一覧"))
@require_GET
def alerts(request: Request) -> HttpResponseBase:
    """The alerts that the person reads, by the filter in the URL; `?export=xlsx` gives the same rows."""
    return list_page(
        request,
        light_alerts(Alert.objects.visible_to(request.user, request.today)),
        AlertFilter,
        AlertTable,
        title=_("警報"),
        template="monitoring/alerts.html",
        filename="alerts",
        today=request.today,
    )


@allow(team_member, label=gettext_lazy("警報"))
@require_GET
def alert(request: Request, pk: int) -> HttpResponse:
    """One alert: what was said, the evidence, the task, who confirmed it."""
    return _show(request, AlertPage(_alert_or_404(request, pk), request.user, today=request.today))


@allow(team_member, label=gettext_lazy("警報を確認したと記録する"))
@require_http_methods(["GET", "POST"])
def alert_confirm(request: Request, pk: int) -> HttpResponse:
    """確認した, with a word."""
    found, note = _alert_or_404(request, pk), request.POST.get("note", "")
    page = AlertPage(found, request.user, today=request.today, note=note)
    if request.method != "POST":
        return redirect("monitoring:alert", pk)
    if not page.teams:
        raise PermissionDenied(_("この警報を確認したと記録する権限がありません。"))
    if len(note.strip()) > NOTE_LIMIT:
        page.error = _("ひとことは%(limit)s文字までにしてください。") % {"limit": NOTE_LIMIT}
        return _show(request, page, status=422)
    seen = confirm(found, by=request.user, team=page.teams[0], at=request.now, note=note)
    if seen.seen_by == request.user:
        messages.success(request, _("確認したことを記録しました。"))
    else:
        messages.info(request, _("%(who)sさんが先に確認しています。") % {"who": seen.seen_by})
    return redirect("monitoring:alert", pk)


def _alert_or_404(request: Request, pk: int) -> Alert:
    rows = Alert.objects.visible_to(request.user, request.today)
    return get_object_or_404(rows.select_related("device", "source", "seen_by", "case"), pk=pk)


def _show(request: Request, page: AlertPage, status: int = 200) -> HttpResponse:
    errors = [("#note", page.error)] if page.error else []
    context = {"page": page, "alert": page.alert, "title": page.alert.title, "errors": errors}
    return render(request, "monitoring/alert.html", context, status=status)
