"""受付の登録: one form for a call, and what it sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk import contacts, faxes, inbox
from helpdesk.intakeform import DRAFTS, IntakeForm
from helpdesk.models import Contact, Faq, Inquiry
from helpdesk.reception import receivers, receiving
from helpdesk.spoken import read_aloud
from opsdesk.accounts.access import allow, team_member
from opsdesk.accounts.models import Team
from opsdesk.audit.record import recording
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from tasks.linking import once_a_form
from tasks.models import Case
from tasks.uploads import accepted


@allow(team_member, label=gettext_lazy("受付の登録"))
@csp_update({"img-src": ["blob:"], "frame-src": ["blob:"]})  # type: ignore[arg-type]
@require_http_methods(["GET", "POST"])
def intake(request: Request) -> HttpResponse:
    """By who receives inquiries; `?last=` the number to read back, `?form=` the window of the draft."""
    duty, teams = _desk(request)
    draft = min(max(whole_number(request.GET.get("form", "")) or 1, 1), DRAFTS)
    form = IntakeForm.of(duty, request, draft=draft)
    if request.method != "POST" or request.htmx or _helped(request, form):
        return _show(request, form)
    try:
        case = _register(request, form, teams[0])
    except Refusal as refusal:
        return _show(request, IntakeForm.of(duty, request, draft=draft, refusal=refusal))
    messages.success(request, _said(case), extra_tags=f"draft:{form.draft}")
    return redirect(f"{reverse('helpdesk:intake')}?{urlencode({'last': case.number})}")


@allow(team_member, label=gettext_lazy("受付のFAX（TIFF）を表示する"))
@require_POST
def fax_page(request: Request) -> HttpResponse:
    """A page of a TIFF that was chosen in the form, as PNG; nothing is kept. X-Pages: how many there are."""
    _desk(request)
    file = request.FILES.get("file")
    try:
        content = file.read() if file else b""
        picture, pages = faxes.page_of(content, whole_number(request.POST.get("page", "")) or 0)
    except Refusal as refusal:  # to the script that asked, not to a page
        return HttpResponse(str(refusal), "text/plain; charset=utf-8", status=422)
    return HttpResponse(picture, "image/png", headers={"X-Pages": str(pages)})


def _desk(request: Request) -> tuple[Any, list[Team]]:
    """The duty and the person's teams that receive; raises PermissionDenied."""
    duty = receiving(request.today)
    teams = receivers(duty, request.user, request.today)
    if not teams:
        raise PermissionDenied(_("受付を登録できるのは、受付の主担当（◎）だけです。"))
    return duty, teams


def _helped(request: Request, form: IntakeForm) -> bool:
    """Without JS a button asks for a look-up, a caller or an answer; nothing is registered."""
    post = request.POST
    if "pick" in post:
        known = Contact.objects.visible_to(request.user, request.today).select_related("organization")
        form.pick(get_object_or_404(known, pk=whole_number(post["pick"])))
    elif "use" in post:
        form.use(get_object_or_404(Faq.objects.published(), pk=whole_number(post["use"])))
    return bool({"pick", "use", "find"} & set(post))


def _register(request: Request, form: IntakeForm, team: Team) -> Case:
    form.check()
    files = [file for _key, file in accepted(request.FILES)]
    for file in files:
        file.seek(0)
    given = form.given() | {"by": request.user, "at": request.now, "team": team, "files": files}
    given |= _incident(request)
    return inbox.register(**given) if form.stranger is None else _with_contact(form.stranger, **given)


@once_a_form
def _with_contact(stranger: Any, *, by: Any, at: datetime, **given: Any) -> Case:
    """The case with its contact, in one transaction: all of it or nothing."""
    with recording():
        given["contact"] = contacts.keep(stranger, by=by, at=at)
        return inbox.register(**given, by=by, at=at)


def _incident(request: Request) -> dict[str, Any]:
    """Whether it opens an incident, or joins one that is open."""
    if not (number := request.POST.get("incident", "")):
        return {}
    if number == "new":
        return {"opens_incident": True}
    cases = Case.objects.visible_to(request.user, request.today)
    return {"incident": get_object_or_404(cases, number=number)}


def _said(case: Case) -> str:
    words = _("%(number)s を登録しました。") % {"number": case.number}
    link = case.linked.select_related("case").order_by("pk").first()
    if link is None:
        return words
    return words + _("障害 %(number)s に引き継ぎました。") % {"number": link.case.number}


def _show(request: Request, form: IntakeForm) -> HttpResponse:
    """The form, or with htmx only what stands beside it."""
    if request.htmx:
        return render(request, "helpdesk/_around.html", {"form": form, "around": form.around})
    status = 200 if form.refusal is None else 422 if form.refusal.errors else 409
    context = {
        "form": form, "around": form.around, "title": _("受付の登録"), "last": _last(request),
        "are_files_lost": bool(request.FILES), "waiting": _waiting(request), "today": request.today,
        "now": request.now,
    }  # fmt: skip
    return render(request, "helpdesk/intake.html", context, status=status)


def _last(request: Request) -> dict[str, Any] | None:
    """The number that is read back to the caller."""
    seen = Inquiry.objects.visible_to(request.user, request.today).select_related("case", "organization")
    found = seen.filter(case__number=request.GET.get("last", "")).first()
    if found is None:
        return None
    head, tail, reading = read_aloud(found.case.number)
    return {"inquiry": found, "head": head, "tail": tail, "reading": reading}


def _waiting(request: Request) -> list[Inquiry]:
    """The oldest unanswered ones."""
    seen = Inquiry.objects.visible_to(request.user, request.today).waiting()
    return list(seen.select_related("case", "organization").order_by("received_at", "pk")[:5])
