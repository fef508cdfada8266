"""Writing on an inquiry: an answer to who asked, a question after its end."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from helpdesk import inbox
from helpdesk.panel import InquiryPanel
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from tasks.casepage import CasePage
from tasks.views.case import case_or_404, page_of, show
from tasks.views.sending import acting_team


def _panel(request: Request, page: CasePage) -> InquiryPanel:
    """PermissionDenied for a case that is no inquiry."""
    if page.kind_panel is None or not isinstance(page.kind_panel.context.get("inquiry"), InquiryPanel):
        raise PermissionDenied(_("問合せではありません。"))
    return page.kind_panel.context["inquiry"]


def _again(request: Request, number: str, refusal: Refusal, field: str) -> HttpResponse:
    """The page with what was typed; what blames no field of the form blames `field`."""
    errors = {field if key in ("text", "content", "file") else key: s for key, s in refusal.errors.items()}
    blamed = Refusal(str(refusal), errors=errors or {field: str(refusal)})
    case = case_or_404(request, number)
    return show(request, page_of(request, case, typed=request.POST.dict(), refusal=blamed))


@allow(team_member, label=gettext_lazy("問合せに回答する"))
@require_http_methods(["GET", "POST"])
def answer(request: Request, number: str) -> HttpResponse:
    """By the vendors and the union, whose marks let them write into the case."""
    page = page_of(request, case_or_404(request, number))
    back = f"{reverse('tasks:case', args=[number])}#s-inq"
    if request.method != "POST":
        return redirect(back)
    panel = _panel(request, page)
    team = acting_team(request, panel.answerers if request.POST.get("team") else panel.answerers[:1])
    try:
        inbox.answer(
            panel.inquiry, request.POST.get("answer", ""), by=request.user, team=team, at=request.now,
            audience=request.POST.get("audience", ""), files=request.FILES.getlist("file"),
        )  # fmt: skip
    except Refusal as refusal:
        return _again(request, number, refusal, "answer")
    messages.success(
        request, _("回答しました。依頼元に知らせます。"), extra_tags=f"draft:answer-{page.case.pk}"
    )
    return redirect(back)


@allow(team_member, label=gettext_lazy("終わった問合せについて質問する"))
@require_http_methods(["GET", "POST"])
def ask(request: Request, number: str) -> HttpResponse:
    """By 依頼元, after the end: a new inquiry that is linked with this one."""
    page = page_of(request, case_or_404(request, number))
    if request.method != "POST":
        return redirect(f"{reverse('tasks:case', args=[number])}#s-inq")
    panel = _panel(request, page)
    try:
        case = inbox.ask_again(
            panel.inquiry, request.POST.get("ask", ""), by=request.user,
            team=acting_team(request, panel.askers[:1]), at=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        return _again(request, number, refusal, "ask")
    messages.success(
        request, _("%(number)s として受け付けました。") % {"number": case.number},
        extra_tags=f"draft:ask-{page.case.pk}",
    )  # fmt: skip
    return redirect("tasks:case", case.number)
