"""保留のメール: what came by mail and could not be taken in by itself; its text, its HTML, and what to do."""

from __future__ import annotations

from csp.decorators import csp, csp_update
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods

from helpdesk import letters, mailroom
from helpdesk.filters import QuarantineFilter
from helpdesk.mailpage import MailPage
from helpdesk.models import IncomingMail
from helpdesk.reception import receives
from helpdesk.tables import QuarantineTable
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.listing import list_page
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from tasks.raising import members_on


def _mail(request: Request, pk: int) -> IncomingMail:
    return get_object_or_404(IncomingMail.objects.visible_to(request.user, request.today), pk=pk)


@allow(team_member, label=gettext_lazy("保留のメール"))
@require_GET
def quarantine(request: Request) -> HttpResponseBase:
    """By who receives inquiries."""
    if not receives(request.user, request.today):
        raise PermissionDenied(_("保留のメールを扱えるのは、受付の主担当（◎）だけです。"))
    return list_page(
        request,
        IncomingMail.objects.visible_to(request.user, request.today).held().defer("raw"),
        QuarantineFilter,
        QuarantineTable,
        title=_("保留のメール"),
        filename="quarantine",
        context={
            "subtitle": _("自動で取り込めなかったメールです。団体を選んで取り込むか、対象外にします。"),
            "crumbs": [(_("受付"), reverse("helpdesk:inquiries")), (_("保留のメール"), "")],
            "empty": _("取り込めなかったメールはありません。"),
        },
        now=request.now,
    )


@allow(team_member, label=gettext_lazy("保留のメールを処理する"))
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]
@require_http_methods(["GET", "POST"])
def quarantined(request: Request, pk: int) -> HttpResponse:
    """Assign a municipality and take in, try again, or discard."""
    mail, refusal = _mail(request, pk), None
    if request.method == "POST":
        try:
            return _act(request, mail)
        except Refusal as no:
            refusal = no
    page = MailPage.of(mail, towns=members_on(request.today), typed=request.POST.dict(), refusal=refusal)
    context = {
        "title": mail.subject or _("（件名なし）"),
        "crumbs": [
            (_("受付"), reverse("helpdesk:inquiries")),
            (_("保留のメール"), reverse("helpdesk:quarantine")),
            (_("メール"), ""),
        ],
        "page": page,
    }
    return render(request, "helpdesk/mail.html", context, status=422 if refusal else 200)


def _act(request: Request, mail: IncomingMail) -> HttpResponse:
    """What the pressed button says; raises Refusal."""
    common = {"by": request.user, "at": request.now}
    if "discard" in request.POST:
        mailroom.discard(mail, reason=request.POST.get("reason", ""), **common)
        messages.success(request, _("メールを対象外にしました。"))
        return redirect("helpdesk:quarantine")
    town = None
    if "again" not in request.POST:
        chosen = whole_number(request.POST.get("organization", ""))
        town = next((o for o in members_on(request.today) if o.pk == chosen), None)
        if town is None:
            sentence = _("団体を選んでください。")
            raise Refusal(sentence, errors={"organization": sentence})
    case = mailroom.assign(mail, town, **common)
    messages.success(request, _("%(number)s に取り込みました。") % {"number": case.number})
    return redirect("tasks:case", case.number)


@allow(team_member, label=gettext_lazy("保留のメールの本文（HTML）"))
@xframe_options_sameorigin
@csp({"default-src": ["'none'"], "frame-ancestors": ["'self'"], "sandbox": ["allow-popups"]})  # type: ignore[arg-type]
@require_GET
def mail_html(request: Request, pk: int) -> HttpResponse:
    """Its HTML for the frame, without anything that runs or is fetched; by a policy of its own, too."""
    try:
        letter = letters.read(bytes(_mail(request, pk).raw))
    except letters.Unreadable as error:
        raise Http404 from error
    return render(request, "helpdesk/mail_html.html", {"html": letters.safe(letter.html)})
