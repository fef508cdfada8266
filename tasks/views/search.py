"""検索: what the box in the head of every page finds."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, signed_in
from opsdesk.lib.keyset import KeysetPage
from opsdesk.lib.listing import link, pager
from opsdesk.lib.request import Request
from raci.access import standing_of
from tasks import searching
from tasks.models import SearchText


@allow(signed_in, label=gettext_lazy("検索"))
@require_GET
def search(request: Request) -> HttpResponse:
    """Duties and numbers first, then what people wrote, newest first; only what the person may read."""
    asked = searching.read(request.GET.get("q", ""))
    kind, token = request.GET.get("kind", ""), request.GET.get("page", "")
    duties = [] if kind or token else searching.duties_found(asked, request.today)
    rows = searching.texts_found(asked, request.user, request.today, kind)
    page = KeysetPage(rows, token, is_counted=False) if asked.words else None
    hits = searching.hits(page.rows, asked, request.today) if page else []
    return render(
        request,
        "tasks/search.html",
        {
            "title": _("「%(q)s」の検索結果") % {"q": asked.text} if asked.text.strip() else _("検索"),
            "asked": asked,
            "search_q": asked.text,
            "duties": duties,
            "hits": hits,
            "page": pager(request, page) if page else None,
            "kinds": _kinds(request, kind),
            "errors": [("#find-q", asked.wrong)] if asked.wrong else [],
            "has_team": bool(standing_of(request.user, request.today).teams),
            "today": request.today,
        },
        status=422 if asked.wrong else 200,
    )


def _kinds(request: Request, chosen: str) -> list[dict[str, Any]]:
    """The choice of what is shown, as links."""
    kinds = [("", _("すべて")), *SearchText.Kind.choices]
    return [
        {"label": label, "url": link(request, kind=code or None, page=None), "is_chosen": code == chosen}
        for code, label in kinds
    ]
