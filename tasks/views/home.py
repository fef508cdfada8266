"""今日の運用: the dashboard of each role."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, signed_in
from opsdesk.accounts.request import Request
from raci.access import standing_of
from tasks.boards import Board
from tasks.cautions import cautions_for
from tasks.dashboard import dashboard_of


@allow(signed_in, label=gettext_lazy("ダッシュボード"))
@require_GET
def home(request: Request) -> HttpResponse:
    """What the person has to do today; who is in no team is told where to go."""
    standing = standing_of(request.user, request.today)
    asked = {"user": request.user, "standing": standing, "now": request.now, "today": request.today}
    if not standing.teams:
        return render(request, "tasks/home_none.html", {"cautions": cautions_for(**asked)})
    board = Board.of(request)
    cautions = cautions_for(**asked, holidays=board.calendar.holidays)
    page = dashboard_of(board)
    if page.get("displaced"):
        cautions.append(page["displaced"])
    template = "tasks/home_union.html" if board.is_oversight else "tasks/home.html"
    return render(request, template, {"cautions": cautions, **page})
