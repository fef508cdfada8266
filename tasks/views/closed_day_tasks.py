"""The open tasks that are due on a day that was closed: move, 対象外, or leave, one by one or all at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, drafter, union_member
from opsdesk.calendar.models import ClosedDay
from opsdesk.lib.era import read_date
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from tasks import displaced, progress
from tasks.bulk import LIMIT
from tasks.models import Task
from tasks.moving import GIVEN, LEAVE, NEXT, PREVIOUS, SKIP, Choice
from tasks.words import period_short

ACTS = (
    (LEAVE, gettext_lazy("そのままにする")),
    (PREVIOUS, gettext_lazy("前の開庁日へ移す")),
    (NEXT, gettext_lazy("次の開庁日へ移す")),
    (GIVEN, gettext_lazy("日付を指定して移す")),
    (SKIP, gettext_lazy("対象外にする")),
)
WORDS = {
    PREVIOUS: gettext_lazy("移しました"),
    NEXT: gettext_lazy("移しました"),
    GIVEN: gettext_lazy("移しました"),
    SKIP: gettext_lazy("対象外にしました"),
}


@dataclass
class Row:
    """One task of the form, with what was chosen for it ("": as for all)."""

    task: Task
    period: str
    act: str = ""
    to: str = ""


@allow(drafter, label=gettext_lazy("休庁日に期限がある作業"))
@require_http_methods(["GET", "POST"])
def closed_day_tasks(request: Request) -> HttpResponse:
    """Of one day (`day`), or of all closed days. An administrator outside the union sees how many."""
    day = _day(request)
    days = [day] if day else list(ClosedDay.objects.select_related("organization"))
    total = displaced.due_on_closed(Task.objects.all(), days).count()
    rows = [_row(request, task) for task in _tasks(request, days)]
    context = {
        "title": _("休庁日に期限がある作業"),
        "day": day,
        "total": total,
        "rows": rows,
        "acts": ACTS,
        "all": request.POST.get("all", LEAVE),
        "all_to": request.POST.get("all-to", ""),
        "reason": request.POST.get("reason") or _reason(day),
        "today": request.today,
        "may_settle": union_member(request),
    }
    if request.method == "POST":
        return _settled(request, rows, context)
    return render(request, "tasks/closed_day_tasks.html", context)


def _day(request: Request) -> ClosedDay | None:
    number = whole_number(request.GET.get("day", ""))
    return ClosedDay.objects.select_related("organization").filter(pk=number).first() if number else None


def _tasks(request: Request, days: list[ClosedDay]) -> Any:
    visible = Task.objects.visible_to(request.user, request.today)
    found = displaced.due_on_closed(visible, days).select_related("duty", "organization", "assignee")
    return found.order_by("due_on", "duty__position", "organization__position", "pk")[:LIMIT]


def _row(request: Request, task: Task) -> Row:
    data = request.POST
    return Row(
        task, period_short(task, request.today), data.get(f"act-{task.pk}", ""), data.get(f"to-{task.pk}", "")
    )


def _reason(day: ClosedDay | None) -> str:
    return _("休庁日: %(name)s") % {"name": day.name} if day else _("休庁日のため")


def _settled(request: Request, rows: list[Row], context: dict[str, Any]) -> HttpResponse:
    if not context["may_settle"]:
        raise PermissionDenied(_("期限を移せるのは広域組合の担当者です。"))
    choices = [_choice(request, row) for row in rows if f"version-{row.task.pk}" in request.POST]
    try:
        results = progress.settle(
            choices, by=request.user, at=request.now, reason=request.POST.get("reason", "")
        )
    except Refusal as no:
        context |= {"errors": [("#reason", str(no))], "reason": request.POST.get("reason", "")}
        return render(request, "tasks/closed_day_tasks.html", context, status=422)
    acts = {choice.task.pk: choice.act for choice in choices}
    done = sum(r.is_done for r in results)
    context |= {
        "results": [
            (r, period_short(r.task, request.today), WORDS[acts[r.task.pk]], acts[r.task.pk]) for r in results
        ],
        "done": done,
        "failed": len(results) - done,
        "left": len(choices) - len(results),
    }
    return render(request, "tasks/closed_day_done.html", context)


def _choice(request: Request, row: Row) -> Choice:
    """What was chosen for the row, or for all."""
    act, typed = (
        (row.act, row.to) if row.act else (request.POST.get("all", LEAVE), request.POST.get("all-to", ""))
    )
    to, wrong = _read(typed) if act == GIVEN else (None, "")
    version = whole_number(request.POST.get(f"version-{row.task.pk}", "")) or 0
    return Choice(row.task, act if act in dict(ACTS) else LEAVE, version, to, wrong)


def _read(typed: str) -> tuple[date | None, str]:
    """The day that was typed, or why it is none."""
    try:
        return read_date(typed), ""
    except ValueError as wrong:
        return None, str(wrong)
