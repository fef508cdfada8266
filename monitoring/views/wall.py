"""監視ウォール: a screen on the wall that nobody touches."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from monitoring.wallboard import Wallboard
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.request import Request


@allow(team_member, label=gettext_lazy("監視ウォール"))
@require_GET
def wall(request: Request) -> HttpResponse:
    """All devices that the person reads; it asks for itself again, and says so when no answer comes."""
    board = Wallboard(request.user, now=request.now, today=request.today)
    return render(request, "monitoring/wall.html", {"board": board})
