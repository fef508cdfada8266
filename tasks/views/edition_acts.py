"""A draft as a whole: make one, undo its last saving, discard it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, drafter
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from raci import drafting
from raci.models import Edition

from .edition import crumbs, edition_or_404


@allow(drafter, label=gettext_lazy("改定案を作る"))
@require_http_methods(["GET", "POST"])
def edition_revise(request: Request) -> HttpResponse:
    """POST: a draft from the newest published edition, or from edition `based_on`; GET leads to the list."""
    if request.method == "GET":
        return redirect("tasks:editions")
    draft = drafting.revise(_based_on(request), by=request.user, at=request.now)
    messages.success(request, _("%(draft)sの改定案を作りました。") % {"draft": draft})
    return redirect("tasks:edition", number=draft.number)


def _based_on(request: Request) -> Edition | None:
    number = whole_number(request.POST.get("based_on", ""))
    if number is not None:
        return edition_or_404(request, number)
    return Edition.objects.published().order_by("-in_force_on").first()


@allow(drafter, label=gettext_lazy("改定案の保存を元に戻す"))
@require_http_methods(["GET", "POST"])
def edition_undo(request: Request, number: int) -> HttpResponse:
    """POST: the rows before the last saving."""
    found = edition_or_404(request, number)
    if request.method == "POST":
        version = whole_number(request.POST.get("version", ""))
        try:
            drafting.undo(found, by=request.user, at=request.now, version=version)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("最後の保存を元に戻しました。"))
    return redirect("tasks:edition", number=number)


@allow(drafter, label=gettext_lazy("改定案を破棄する"))
@require_http_methods(["GET", "POST"])
def edition_discard(request: Request, number: int) -> HttpResponse:
    """A reason, and the draft is given up."""
    found = edition_or_404(request, number)
    context: dict[str, Any] = {
        "edition": found,
        "title": _("改定案 %(edition)s を破棄する") % {"edition": found},
        "crumbs": crumbs(_("破棄")),
        "lead": _("破棄した改定案は編集も公開もできません。誰がいつなぜ破棄したかは残ります。"),
        "verb": _("破棄する"),
    }
    return reasoned(request, context, drafting.discard, _("改定案を破棄しました。"))


def reasoned(request: Request, context: dict[str, Any], act: Any, said: str) -> HttpResponse:
    """A page that asks for a reason, and what it does; then the list of editions."""
    status = 200
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            act(context["edition"], by=request.user, at=request.now, reason=reason)
        except Refusal as refusal:
            found = refusal.errors or {"": str(refusal)}
            context["errors"] = [(f"#{key}" if key else "", sentence) for key, sentence in found.items()]
            context["reason"], status = reason, 422 if refusal.errors else 409
        else:
            messages.success(request, said)
            return redirect("tasks:editions")
    return render(request, "tasks/edition_reason.html", context, status=status)
