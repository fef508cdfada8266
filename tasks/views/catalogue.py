"""依頼・起票: what the person may raise."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.request import Request
from raci.access import standing_of
from tasks.catalogue import edition_now, grouped, offers, often, searched


@allow(team_member, label=gettext_lazy("依頼・起票"))
@require_GET
def catalogue(request: Request) -> HttpResponse:
    """By the marks of the edition in force; `?q=` searches in it."""
    edition = edition_now(request.today)
    standing = standing_of(request.user, request.today)
    found = offers(edition, standing) if edition else []
    words = request.GET.get("q", "").strip()
    return render(
        request,
        "tasks/catalogue.html",
        {
            "title": _("依頼・起票"),
            "crumbs": [(_("ダッシュボード"), "/"), (_("依頼・起票"), "")],
            "edition": edition,
            "teams": "・".join(str(team) for team in standing.teams),
            "count": len(found),
            "words": words,
            "groups": grouped(searched(found, words)),
            "often": often(found, standing, request.today) if found and not words else [],
        },
    )
