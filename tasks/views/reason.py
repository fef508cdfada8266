"""対象外にする and 取り消す: each a page that asks for a reason."""

from __future__ import annotations

from collections.abc import Callable
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
from tasks.acting import CLOSE, main_teams, own_teams, proxy_teams
from tasks.models import Task
from tasks.page import page_task
from tasks.words import period_short

from .sending import acting_team, version_of
from .task import task_or_404


@allow(team_member, label=gettext_lazy("対象外にする"))
@require_http_methods(["GET", "POST"])
def task_skip(request: Request, pk: int) -> HttpResponse:
    """A reason, and the task counts as done for what waits for it."""
    return reasoned(request, pk, "tasks/skip.html", progress.skip, _("対象外にしました。"))


@allow(team_member, label=gettext_lazy("完了を取り消す"))
@require_http_methods(["GET", "POST"])
def task_reopen(request: Request, pk: int) -> HttpResponse:
    """Within 7 days, by the team that closed it, with a reason."""
    return reasoned(
        request, pk, "tasks/reopen.html", progress.reopen, _("記録を取り消しました。もう一度記入できます。")
    )


def reasoned(request: Request, pk: int, template: str, act: Callable[..., Task], said: str) -> HttpResponse:
    """A page that asks for a reason, and what it does."""
    task = task_or_404(request, pk)
    is_proxy = bool(request.GET.get("proxy") or request.POST.get("proxy"))
    teams = (
        proxy_teams(task, request.user, request.today)
        if is_proxy
        else own_teams(task, request.user, request.today, CLOSE)
    )
    if act is progress.skip:
        teams = main_teams(task, teams)
    if not teams:
        raise PermissionDenied(_("この作業でこの操作をする権限がありません。"))
    context: dict[str, Any] = {
        "task": task,
        "teams": teams,
        "is_proxy": is_proxy,
        "reason": request.POST.get("reason", ""),
        "period": period_short(task, request.today),
    }
    status = 200
    if request.method == "POST":
        try:
            act(
                task, by=request.user, team=acting_team(request, teams), at=request.now,
                reason=request.POST.get("reason", ""), version=version_of(request),
            )  # fmt: skip
        except Refusal as refusal:
            context |= {
                "errors": [(f"#{k}", s) for k, s in (refusal.errors or {"reason": str(refusal)}).items()]
            }
            context["task"], status = page_task(pk), 422 if refusal.errors else 409
        else:
            messages.success(request, said)
            return redirect("tasks:detail", pk=pk)
    return render(request, template, context, status=status)
