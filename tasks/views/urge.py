"""催促: the municipalities that have not acknowledged are reminded."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.accounts.models import Organization
from opsdesk.lib.request import Request
from tasks import progress
from tasks.acting import COMMENT, own_teams

from .sending import acting_team
from .task import task_or_404


@allow(team_member, label=gettext_lazy("確認を催促する"))
@require_http_methods(["GET", "POST"])
def task_urge(request: Request, pk: int) -> HttpResponse:
    """Those that are missing, and nobody else; back to the task or the dashboard."""
    task = task_or_404(request, pk)
    if request.method == "POST":
        teams = own_teams(task, request.user, request.today, COMMENT)
        desks = [t for t in teams if t.role.kind != Organization.Kind.MEMBER]
        team = acting_team(request, (desks or teams)[:1])
        towns = progress.urge(task, by=request.user, team=team, at=request.now)
        messages.success(request, _("%(names)s に催促しました。") % {"names": "、".join(map(str, towns))})
        if request.POST.get("back") == "home":
            return redirect("tasks:home")
    return redirect(f"{reverse('tasks:detail', args=[pk])}#published")
