"""新しい版へ移す: a begun task whose ◎ an edition changed, moved by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from tasks import progress
from tasks.models import Task
from tasks.page import Page
from tasks.words import period_short

from .sending import version_of
from .task import task_or_404


@allow(team_member, label=gettext_lazy("着手済みの作業を新しい版へ移す"))
@require_http_methods(["GET", "POST"])
def task_repoint(request: Request, pk: int) -> HttpResponse:
    """A reason, and the task goes on under the edition of its period."""
    task = task_or_404(request, pk)
    page = Page(task, request.user, now=request.now, today=request.today)
    if not page.may_repoint:
        raise PermissionDenied(_("この作業を新しい版へ移す権限がないか、移す必要がありません。"))
    context: dict[str, Any] = {"task": task, "marks": page.stray_marks, "reason": ""}
    context["period"] = period_short(task, request.today)
    return _moved(request, task, context) if request.method == "POST" else _asked(request, context)


def _moved(request: Request, task: Task, context: dict[str, Any]) -> HttpResponse:
    reason = request.POST.get("reason", "")
    try:
        progress.repoint(task, by=request.user, at=request.now, reason=reason, version=version_of(request))
    except Refusal as refusal:
        errors = refusal.errors or {"reason": str(refusal)}
        context |= {"reason": reason, "errors": [(f"#{k}", s) for k, s in errors.items()]}
        return _asked(request, context, status=422 if refusal.errors else 409)
    messages.success(request, _("新しい版へ移しました。"))
    seen = Task.objects.visible_to(request.user, request.today).filter(pk=task.pk).exists()
    return redirect("tasks:detail", pk=task.pk) if seen else redirect("tasks:home")


def _asked(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "tasks/repoint.html", context, status=status)
