"""途中保存 and 完了にする: from the task's form, and from the row of a list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.request import Request
from tasks import progress
from tasks.acting import CLOSE, FILL, own_teams
from tasks.answers import normal
from tasks.filling import task_fields
from tasks.models import Task
from tasks.page import page_task

from .sending import (
    acting_team,
    answer,
    attach_files,
    closing_of,
    following_of,
    possible_teams,
    typed_of,
    version_of,
)
from .task import show, task_or_404


@allow(team_member, label=gettext_lazy("途中保存する"))
@require_http_methods(["GET", "POST"])
def task_save(request: Request, pk: int) -> HttpResponse:
    """途中保存; and without script, one line more or less."""
    if request.POST.get("add-line") or request.POST.get("drop-line"):
        task = task_or_404(request, pk)
        return show(
            request, task, typed=typed_of(request, task), blanks=2 if request.POST.get("add-line") else 1
        )

    if request.POST.get("fill-normal"):
        task = task_or_404(request, pk)
        typed = typed_of(request, task)
        typed["answers"] = normal(task_fields(task), typed["answers"])
        return show(request, task, typed=typed)

    def act(task: Task, typed: dict[str, Any]) -> str:
        team = acting_team(request, possible_teams(request, task, FILL))
        attach_files(request, task, team)
        progress.save_answers(
            task, by=request.user, team=team, at=request.now, answers=typed["answers"],
            remark=typed.get("remark"), version=version_of(request), reason=typed.get("reason", ""),
        )  # fmt: skip
        return _("途中保存しました。")

    return answer(request, pk, act)


@allow(team_member, label=gettext_lazy("完了にする"))
@require_http_methods(["GET", "POST"])
def task_close(request: Request, pk: int) -> HttpResponse:
    """GET with htmx: the form for the row of a list. POST: 完了を記録する."""
    if request.method == "GET" and request.htmx:
        if request.GET.get("stop"):
            return HttpResponse()
        task = task_or_404(request, pk)
        if not own_teams(task, request.user, request.today, CLOSE):
            raise PermissionDenied(_("完了にできるのは主担当(◎)だけです。"))
        return show(request, task, template="tasks/_close.html")

    def act(task: Task, typed: dict[str, Any]) -> str:
        team = acting_team(request, possible_teams(request, task, CLOSE))
        if not was_sent_twice(request, task):
            attach_files(request, task, team)
            progress.close(
                task, by=request.user, team=team, at=request.now, answers=typed["answers"],
                version=version_of(request), following=following_of(request, typed), **closing_of(typed),
            )  # fmt: skip
        return _("No.%(number)s %(work)s を完了にしました。7日以内は取り消せます。") % {
            "number": task.duty.number,
            "work": task.duty.work,
        }

    response = answer(request, pk, act)
    if request.htmx and response.status_code == 302:
        list(messages.get_messages(request))  # said in the row itself
        return show(request, page_task(pk), template="tasks/_closed.html")
    return response


def was_sent_twice(request: Request, task: Task) -> bool:
    """A double click: the same person's same form has closed it already."""
    version = version_of(request)
    return (
        task.state == Task.State.DONE
        and task.closed_by_id == request.user.pk
        and version is not None
        and task.version == version + 1
    )
