"""Start codes for everybody who has no password yet, in one go: slips to be printed and cut."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts import startcodes
from opsdesk.accounts.access import administrator, allow
from opsdesk.accounts.models import User
from opsdesk.accounts.startcodes import MOST_AT_ONCE, without_password
from opsdesk.lib.request import Request, whole_number


@allow(administrator, label=gettext_lazy("開始コードをまとめて発行する"))
@require_http_methods(["GET", "POST"])
def roster_codes(request: Request) -> HttpResponse:
    """Who has none; the codes of those chosen, shown once."""
    people = without_password(request.today, request.now).select_related("organization")
    people = people.order_by("organization__position", "kana", "login")
    errors = []
    if request.method == "POST":
        ids = {whole_number(text) or 0 for text in request.POST.getlist("person")}
        chosen = [person for person in people if person.pk in ids]
        if 0 < len(chosen) <= MOST_AT_ONCE:
            return _slips(request, chosen)
        sentence = _("一度に選べるのは %(most)s人までです。") if chosen else _("発行する人を選んでください。")
        errors = [("", sentence % {"most": MOST_AT_ONCE} if chosen else sentence)]
    context = {
        "title": _("開始コードの発行"),
        "people": people,
        "first": [person.pk for person in people if not person.has_code][:MOST_AT_ONCE],
        "most": MOST_AT_ONCE,
        "errors": errors,
    }
    return render(request, "tasks/roster_codes.html", context, status=422 if errors else 200)


def _slips(request: Request, people: list[User]) -> HttpResponse:
    """Each in a transaction of its own: fifty hashes take seconds, and nobody else shall wait for them."""
    slips = [
        {"person": person, "code": startcodes.issue(person, by=request.user, at=request.now)}
        for person in people
    ]
    context = {
        "title": _("開始コードの紙"),
        "slips": slips,
        "expires_at": request.now + startcodes.LIFE,
    }
    return render(request, "tasks/roster_slips.html", context)
