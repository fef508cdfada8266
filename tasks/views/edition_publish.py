"""Publishing a draft: what will happen, the confirmation, and taking it back before it is in force."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opsdesk.accounts.access import allow, drafter, publisher, team_member
from opsdesk.lib.era import era_date, read_date
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from raci import editions
from tasks.draftpage import Draft, counted, publish_context
from tasks.impact import concerned, impact

from .edition import crumbs, edition_or_404
from .edition_acts import reasoned


@allow(drafter, label=gettext_lazy("公開すると何が起きるか"))
@require_GET
def edition_impact(request: Request, number: int) -> HttpResponse:
    """`?on=` the day: what publishing will do to the tasks that are there. htmx gets the figures alone."""
    found = edition_or_404(request, number)
    if not found.is_draft:
        return redirect("tasks:edition", number=number)
    context = _context(request, Draft(found, request.today), request.GET.get("on", ""))
    template = "tasks/_edition_impact.html" if request.htmx else "tasks/edition_impact.html"
    return render(request, template, context)


@allow(publisher, label=gettext_lazy("分担表の公開"))
@require_http_methods(["GET", "POST"])
def edition_publish(request: Request, number: int) -> HttpResponse:
    """GET: what is about to be published, for which day, and what it does; POST publishes it."""
    found = edition_or_404(request, number)
    if not found.is_draft:
        return redirect("tasks:edition", number=number)
    data = request.POST if request.method == "POST" else request.GET
    context = _context(request, Draft(found, request.today), data.get("on", ""))
    if request.method == "GET" or context["errors"]:
        return render(request, "tasks/edition_publish.html", context, status=_status(request))
    version = whole_number(request.POST.get("version", ""))
    try:
        editions.publish(found, by=request.user, at=request.now, in_force_on=context["day"], version=version)
    except Refusal as refusal:
        context["errors"] = [("", str(refusal))]
        return render(request, "tasks/edition_publish.html", context, status=409)
    said = _("%(edition)sを公開しました。%(day)sから施行されます。")
    messages.success(request, said % {"edition": found, "day": era_date(context["day"])})
    return redirect("tasks:edition", number=number)


def _status(request: Request) -> int:
    return 422 if request.method == "POST" else 200


def _context(request: Request, draft: Draft, text: str) -> dict[str, Any]:
    panel = publish_context(draft, request.user)
    day, sentence = _day(text, panel["on"])
    context = {
        **panel,
        "edition": draft.edition,
        "title": _("%(edition)sを公開する") % {"edition": draft.edition},
        "crumbs": crumbs(_("公開")),
        "day": day,
        "typed_on": text or era_date(panel["on"], with_weekday=True),
        "errors": [("#on", sentence)] if sentence else [],
        "counted": counted(draft.differences),
        "sees_tasks": team_member(request),
    }
    if day and not sentence:
        context |= {
            "impact": impact(draft.edition, day),
            "concerned": concerned(draft.differences, day),
        }
    return context


def _day(text: str, proposed: date) -> tuple[date | None, str]:
    """The day typed, or the proposed one; and what is wrong with it."""
    if not text.strip():
        return proposed, ""
    try:
        return read_date(text), ""
    except ValueError as error:
        return None, str(error)


@allow(publisher, label=gettext_lazy("公開した版を取り下げる"))
@require_http_methods(["GET", "POST"])
def edition_withdraw(request: Request, number: int) -> HttpResponse:
    """A reason, and an edition that is not yet in force will not come into force."""
    found = edition_or_404(request, number)
    day = era_date(found.in_force_on) if found.in_force_on else "—"
    context: dict[str, Any] = {
        "edition": found,
        "title": _("%(edition)sを取り下げる") % {"edition": found},
        "crumbs": crumbs(_("取り下げ")),
        "lead": _("%(day)sから施行される予定の版です。取り下げると施行されません。") % {"day": day},
        "verb": _("取り下げる"),
    }
    return reasoned(request, context, editions.withdraw, _("%(e)sを取り下げました。") % {"e": found})
