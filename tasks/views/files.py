"""Evidence: attach a file, read it, withdraw a wrong one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from tasks import progress
from tasks.acting import COMMENT, own_teams
from tasks.evidence import attachers
from tasks.models import Attachment
from tasks.uploads import SHOWN
from tasks.words import period_short

from .sending import acting_team
from .task import show, task_or_404

#: A file shows itself and nothing else: no script, no form, no frame, nothing loaded.
SANDBOX = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


@allow(team_member, label=gettext_lazy("ファイルを付ける"))
@require_http_methods(["GET", "POST"])
def task_attach(request: Request, pk: int) -> HttpResponse:
    """Files for a task by somebody who does not fill it in, or after it was closed."""
    task = task_or_404(request, pk)
    back = f"{reverse('tasks:detail', args=[pk])}#files"
    if request.method != "POST":
        return redirect(back)
    teams = own_teams(task, request.user, request.today, COMMENT)
    team = acting_team(request, teams[:1])
    try:
        files = request.FILES.getlist("file")
        if not files:
            raise Refusal(_("ファイルを選んでください。"), errors={"attach": _("ファイルを選んでください。")})
        for file in files:
            progress.attach(
                task,
                by=request.user,
                team=team,
                at=request.now,
                file=file,
                audience=request.POST.get("audience", ""),
            )
    except Refusal as refusal:
        blamed = refusal if refusal.errors else Refusal(str(refusal), errors={"attach": str(refusal)})
        return show(request, task, refusal=blamed)
    messages.success(request, _("ファイルを付けました。"))
    return redirect(back)


def attachment_or_404(request: Request, pk: int) -> Attachment:
    visible = Attachment.objects.visible_to(request.user, request.today)
    return get_object_or_404(
        visible.select_related(
            "task__duty", "task__organization", "case__entry", "case__reporter", "team", "by"
        ),
        pk=pk,
    )


@allow(team_member, label=gettext_lazy("ファイルを開く"))
@require_GET
def task_file(request: Request, pk: int) -> HttpResponseBase:
    """Pictures are shown, everything else is downloaded; what was withdrawn is gone."""
    attachment = attachment_or_404(request, pk)
    if attachment.withdrawn_at is not None:
        raise Http404(_("このファイルは取り消されました。"))
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError:
        raise Http404(_("ファイルの中身が見つかりません。管理者に知らせてください。")) from None
    is_shown = attachment.content_type in SHOWN and not request.GET.get("download")
    response = FileResponse(
        content, as_attachment=not is_shown, filename=attachment.name, content_type=attachment.content_type
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@allow(team_member, label=gettext_lazy("ファイルを取り消す"))
@require_http_methods(["GET", "POST"])
def task_withdraw(request: Request, pk: int) -> HttpResponse:
    """The content goes, who withdrew it, when and why stays."""
    attachment = attachment_or_404(request, pk)
    task, case = attachment.task, attachment.case
    teams = [t for t in attachers(attachment, request.user, request.today) if t.pk == attachment.team_id]
    if not teams:
        raise PermissionDenied(_("このファイルを取り消せるのは、付けた担当だけです。"))
    context: dict[str, Any] = {
        "attachment": attachment,
        "task": task,
        "case": case,
        "back": place_of(attachment),
        "reason": request.POST.get("reason", ""),
        "period": period_short(task, request.today) if task else "",
    }
    status = 200
    if request.method == "POST":
        try:
            progress.withdraw(
                attachment,
                by=request.user,
                team=teams[0],
                at=request.now,
                reason=request.POST.get("reason", ""),
            )
        except Refusal as refusal:
            context["errors"], status = [("#reason", str(refusal))], 422 if refusal.errors else 409
        else:
            messages.success(request, _("ファイルを取り消しました。"))
            return redirect(f"{place_of(attachment)}#files")
    return render(request, "tasks/withdraw.html", context, status=status)


def place_of(attachment: Attachment) -> str:
    """The address of the task or the case on which the file is."""
    if attachment.case is not None:
        return reverse("tasks:case", args=[attachment.case.number])
    return reverse("tasks:detail", args=[attachment.task_id])
