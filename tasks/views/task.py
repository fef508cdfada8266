"""The page of one task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from raci.access import standing_of
from tasks.models import Task
from tasks.page import Page, page_task
from tasks.reach import reach_of


def task_or_404(request: Request, pk: int) -> Task:
    """The task with what its page needs; a foreign one is not there."""
    try:
        return page_task(pk, reach_of(standing_of(request.user, request.today)))
    except Task.DoesNotExist:
        raise Http404 from None


def show(
    request: Request,
    task: Task,
    *,
    typed: Mapping[str, Any] | None = None,
    refusal: Refusal | None = None,
    blanks: int = 1,
    template: str = "tasks/detail.html",
    is_revision: bool = False,
) -> HttpResponse:
    """The page, or a part of it; after a refusal with what was typed and 422 (fields to blame) or 409."""
    page = Page(
        task,
        request.user,
        now=request.now,
        today=request.today,
        typed=typed,
        refusal=refusal,
        is_proxy=bool(request.GET.get("proxy") or request.POST.get("proxy")),
        is_revision=is_revision,
        blanks=blanks,
    )
    status = 200 if refusal is None else 422 if refusal.errors else 409
    return render(
        request,
        template,
        {"page": page, "task": task, "title": page.title, "today": request.today},
        status=status,
    )


@allow(team_member, label=gettext_lazy("作業"))
@require_GET
def task_detail(request: Request, pk: int) -> HttpResponse:
    """What it is, for when, its fields, files, signatures, comments and history."""
    return show(request, task_or_404(request, pk))
