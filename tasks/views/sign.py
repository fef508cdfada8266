"""Signing a task in order, and sending it back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.request import Request, whole_number
from tasks import progress
from tasks.models import Task
from tasks.page import Page

from .sending import acting_team, answer, attach_files, closing_of, version_of


@allow(team_member, label=gettext_lazy("署名・差戻しをする"))
@require_http_methods(["GET", "POST"])
def task_sign(request: Request, pk: int) -> HttpResponse:
    """署名する as the one whose turn it is, or 差し戻す to an earlier signer."""

    def act(task: Task, typed: dict[str, Any]) -> str:
        page = Page(
            task, request.user, now=request.now, today=request.today, is_proxy=bool(request.POST.get("proxy"))
        )
        team = acting_team(request, page.signers or page.fillers)
        common = {"by": request.user, "team": team, "at": request.now, "version": version_of(request)}
        if request.POST.get("decision") == "return":
            to = whole_number(request.POST.get("to", "")) or 0
            progress.send_back(task, to=to, reason=typed.get("reason", ""), **common)
            return _("差し戻しました。")
        attach_files(request, task, team)
        progress.sign(task, answers=typed["answers"], **common, **closing_of(typed))
        return _("署名を記録しました。")

    return answer(request, pk, act)
