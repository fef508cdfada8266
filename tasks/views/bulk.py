"""Closing many tasks at once: what will be recorded, then a result a row."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from tasks import progress
from tasks.acting import CLOSE, own_teams
from tasks.answers import is_empty
from tasks.bulk import LIMIT, bulk_answers, why_not
from tasks.filling import task_fields
from tasks.forms import text_of
from tasks.models import Task
from tasks.models.task import with_duty
from tasks.page import pages
from tasks.restricted import hidden, without
from tasks.words import period_short


@allow(team_member, label=gettext_lazy("まとめて完了にする"))
@require_http_methods(["GET", "POST"])
def task_close_many(request: Request) -> HttpResponse:
    """POST with tasks: asks once more with what it will record; with `confirmed` too: does it."""
    ids = [pk for text in request.POST.getlist("task") if (pk := whole_number(text)) is not None]
    if request.method != "POST" or not ids:
        return redirect("tasks:list")
    if len(ids) > LIMIT:
        raise Refusal(_("一度に完了にできるのは %(limit)s 件までです。") % {"limit": LIMIT})
    visible = Task.objects.visible_to(request.user, request.today).filter(pk__in=ids)
    tasks = [with_duty(task) for task in pages(visible).order_by("due_at", "pk")]
    is_confirmed = bool(request.POST.get("is_confirmed"))
    if not request.POST.get("confirmed"):
        rows = [_row(request, task) for task in tasks]
        context = {"rows": rows, "is_confirmed": is_confirmed, "ready": sum(not r["why"] for r in rows)}
        return render(request, "tasks/close_many.html", context)
    results = progress.close_many(tasks, by=request.user, at=request.now, is_confirmed=is_confirmed)
    done = sum(r.is_done for r in results)
    context = {
        "results": [(r, period_short(r.task, request.today)) for r in results],
        "done": done,
        "left": len(results) - done,
    }
    return render(request, "tasks/close_many_done.html", context)


def _row(request: Request, task: Task) -> dict[str, Any]:
    """A task with what would be recorded, or why it can't be closed here."""
    why = ""
    if not own_teams(task, request.user, request.today, CLOSE):
        why = _("主担当(◎)ではないため、完了にできません。")
    elif not task.is_open:
        why = _("すでに「%(state)s」です。") % {"state": task.get_state_display()}
    else:
        why = why_not(task, request.today)
    answers = without(bulk_answers(task), hidden(task, request.user, request.today)) if not why else {}
    words = [
        f"{f.row.label} {text_of(f.row, answers[f.key])}"
        for f in task_fields(task)
        if not is_empty(answers.get(f.key)) and f.kind != "lines"
    ]
    return {"task": task, "period": period_short(task, request.today), "why": why, "words": words}
