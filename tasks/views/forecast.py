"""The forecast of an edition: tasks by role and month of the next fiscal year, beside today's edition."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, drafter
from opsdesk.lib.request import Request
from raci.models import Edition
from tasks import expected
from tasks.forecast_picture import context, picture_of

STATES = (Edition.State.DRAFT, Edition.State.PUBLISHED)


@allow(drafter, label=gettext_lazy("作業件数の見込み"))
@require_GET
def edition_forecast(request: Request, number: int) -> HttpResponse:
    """`?month=2027-04`: one month of the year; else all of it."""
    edition = get_object_or_404(Edition, number=number, state__in=STATES)
    picture = picture_of(edition, expected.read(), today=request.today, month=request.GET.get("month", ""))
    return render(
        request,
        "tasks/edition_forecast.html",
        {
            "title": _("%(edition)s 作業件数の見込み") % {"edition": picture.name},
            "crumbs": [
                (_("ダッシュボード"), "/"),
                (_("作業分担表"), reverse("tasks:matrix")),
                (_("作業件数の見込み"), ""),
            ],
            **context(picture, request.path),
        },
    )
