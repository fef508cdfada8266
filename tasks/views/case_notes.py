"""Writing into a case as a whole: notes, files, the situation."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.accounts.models import Team
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from tasks import casenotes
from tasks.casepage import CasePage
from tasks.models import Comment

from .case import case_or_404, page_of, show
from .sending import acting_team, version_of


def address(number: str, part: str = "") -> str:
    return f"{reverse('tasks:case', args=[number])}{part}"


def writing_team(request: Request, page: CasePage) -> Team:
    """Mine that is chosen, else the first; raises PermissionDenied."""
    return acting_team(request, page.writers if request.POST.get("team") else page.writers[:1])


@allow(team_member, label=gettext_lazy("案件に記録を書き込む"))
@require_http_methods(["GET", "POST"])
def case_comment(request: Request, number: str) -> HttpResponse:
    """A note of the timeline, with its kind, audience and files."""
    page = page_of(request, case_or_404(request, number), typed=request.POST.dict())
    if request.method != "POST":
        return redirect(address(number, "#s-log"))
    try:
        casenotes.note(
            page.case, by=request.user, team=writing_team(request, page), at=request.now,
            text=request.POST.get("text", ""), kind=request.POST.get("kind") or "progress",
            audience=request.POST.get("audience", ""), corrects=corrected(request, page),
            files=request.FILES.getlist("file"),
        )  # fmt: skip
    except Refusal as refusal:
        return refused(request, page, refusal, "file")
    messages.success(request, _("記録を書き込みました。"), extra_tags=f"draft:{page.draft}")
    return redirect(address(number, "#s-log"))


def corrected(request: Request, page: CasePage) -> Comment | None:
    """The note that is put right; PermissionDenied if it isn't of a team of mine."""
    if not request.POST.get("corrects"):
        return None
    if page.correcting is None:
        raise PermissionDenied(_("訂正できるのは、その記録を書いた担当だけです。"))
    return page.case.comments.get(pk=page.correcting.pk)


def refused(request: Request, page: CasePage, refusal: Refusal, field: str) -> HttpResponse:
    """The page with what was typed; a refusal that blames no field blames `field`."""
    page.refusal = refusal if refusal.errors else Refusal(str(refusal), errors={field: str(refusal)})
    page.errors = page.refusal.errors
    return show(request, page)


@allow(team_member, label=gettext_lazy("案件にファイルを付ける"))
@require_http_methods(["GET", "POST"])
def case_attach(request: Request, number: str) -> HttpResponse:
    """Files without a note."""
    page = page_of(request, case_or_404(request, number))
    if request.method != "POST":
        return redirect(address(number, "#files"))
    try:
        attach_all(request, page, writing_team(request, page))
    except Refusal as refusal:
        return refused(request, page, refusal, "attach")
    messages.success(request, _("ファイルを付けました。"))
    return redirect(address(number, "#files"))


def attach_all(request: Request, page: CasePage, team: Team) -> None:
    """Each file of the form; raises Refusal if there is none."""
    files = request.FILES.getlist("file")
    if not files:
        raise Refusal(_("ファイルを選んでください。"))
    for file in files:
        casenotes.attach(
            page.case, by=request.user, team=team, at=request.now, file=file,
            audience=request.POST.get("audience", ""),
        )  # fmt: skip


@allow(team_member, label=gettext_lazy("現在の状況を書き換える"))
@require_http_methods(["GET", "POST"])
def case_situation(request: Request, number: str) -> HttpResponse:
    """いま, 影響, 次の予定: by those who fill in an open step."""
    page = page_of(request, case_or_404(request, number))
    if not page.situation_writers:
        raise PermissionDenied(_("この案件の状況を書き換える権限がありません。"))
    page.typed = request.POST.dict() if request.method == "POST" else page.case.situation
    if request.method != "POST":
        return show(request, page, "tasks/case_situation.html")
    teams = page.situation_writers
    try:
        casenotes.situate(
            page.case, by=request.user, at=request.now, situation=page.typed,
            team=acting_team(request, teams if request.POST.get("team") else teams[:1]),
            version=version_of(request),
        )  # fmt: skip
    except Refusal as refusal:
        page = page_of(request, case_or_404(request, number), typed=page.typed, refusal=refusal)
        return show(request, page, "tasks/case_situation.html")
    messages.success(request, _("現在の状況を書き換えました。"))
    return redirect(address(number))
