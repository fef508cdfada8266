"""The morning's digest behind its notice: the tasks as they are now, by section."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.era import era_date
from opsdesk.lib.request import Request
from opsdesk.notices.models import Notice
from tasks.digestpage import sections_of


@allow(team_member, label=gettext_lazy("朝のまとめ"))
@require_GET
def digest(request: Request, day: str) -> HttpResponse:
    """What I was told on the morning of `day`."""
    on = _day(day)
    mine = Notice.objects.visible_to(request.user, request.today)
    told = list(mine.filter(code="task.digest", key__startswith=f"task.digest:{on}").order_by("pk"))
    if not told:
        raise Http404
    context = {
        "title": _("朝のまとめ"),
        "subtitle": era_date(on, with_weekday=True),
        "crumbs": [(_("通知"), reverse("notices:list")), (_("朝のまとめ"), "")],
        "sections": sections_of(told, request.user, now=request.now, today=request.today),
    }
    return render(request, "tasks/digest.html", context)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
