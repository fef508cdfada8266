"""改訂: the form of a published task, whose answers become its next version."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from tasks import progress
from tasks.filling import task_fields
from tasks.forms import raw_of
from tasks.models import Task
from tasks.page import Page, page_task

from .sending import acting_team, attach_files, version_of
from .task import show, task_or_404

TEMPLATE = "tasks/revise.html"


@allow(team_member, label=gettext_lazy("公開した結果を改訂する"))
@require_http_methods(["GET", "POST"])
def task_revise(request: Request, pk: int) -> HttpResponse:
    """By ◎, with a reason; the union may do it for it (`?proxy=1`)."""
    task = task_or_404(request, pk)
    page = _page(request, task)
    if not page.revisers:
        raise PermissionDenied(_("改訂できるのは、結果を公開した作業の主担当(◎)だけです。"))
    if request.method != "POST":
        return show(request, task, template=TEMPLATE, is_revision=True)
    typed = _typed(request, page)
    if request.POST.get("add-line") or request.POST.get("drop-line"):
        blanks = 2 if request.POST.get("add-line") else 1
        return show(request, task, typed=typed, template=TEMPLATE, is_revision=True, blanks=blanks)
    try:
        said = _revise(request, page, typed)
    except Refusal as refusal:
        fresh = page_task(pk)
        return show(request, fresh, typed=typed, refusal=refusal, template=TEMPLATE, is_revision=True)
    messages.success(request, said, extra_tags=f"draft:task-{pk}-{request.user.pk}-revise")
    return redirect("tasks:detail", pk=pk)


def _page(request: Request, task: Task) -> Page:
    is_proxy = bool(request.GET.get("proxy") or request.POST.get("proxy"))
    return Page(task, request.user, now=request.now, today=request.today, is_proxy=is_proxy, is_revision=True)


def _typed(request: Request, page: Page) -> dict[str, Any]:
    post = request.POST
    return {
        "answers": raw_of(task_fields(page.task), post, page.editable),
        "reason": post.get("reason", ""),
        "team": post.get("team", ""),
        "settles": [pk for pk in map(whole_number, post.getlist("settles")) if pk is not None],
    }


def _revise(request: Request, page: Page, typed: dict[str, Any]) -> str:
    team = acting_team(request, page.revisers)
    attach_files(request, page.task, team)
    publication = progress.revise(
        page.task, by=request.user, team=team, at=request.now, answers=typed["answers"],
        reason=typed["reason"], settles=typed["settles"], version=version_of(request),
    )  # fmt: skip
    return _("第%(n)s版を公開しました。構成団体に、あらためて確認を求めます。") % {"n": publication.version}
