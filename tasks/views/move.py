"""期限を移す: one open task gets another due day, from its page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, team_member, union_member
from opsdesk.calendar.book import calendar_of
from opsdesk.lib.era import era_date
from opsdesk.lib.filters import EraDateField
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from opsdesk.lib.templatetags.dates import hm
from tasks import progress
from tasks.coming import business_days_in_words
from tasks.models import Task
from tasks.moving import union_team
from tasks.words import period_short

from .extra import DAY_HINT
from .sending import version_of
from .task import task_or_404


class MoveForm(forms.Form):
    to = EraDateField(
        label=gettext_lazy("新しい期限"),
        error_messages={"required": gettext_lazy("日付を入力してください。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("期限を移す理由"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": gettext_lazy("期限を移す理由を入力してください。")},
    )
    version = forms.CharField(widget=forms.HiddenInput(), required=False)


@allow(team_member, label=gettext_lazy("期限を移す"))
@require_http_methods(["GET", "POST"])
def task_move(request: Request, pk: int) -> HttpResponse:
    """The new day and why; for the union's people, who answer for all the dates."""
    task = task_or_404(request, pk)
    if not union_member(request):
        raise PermissionDenied(_("期限を移せるのは広域組合の担当者です。"))
    form = MoveForm(request.POST or None, initial={"version": task.version})
    days = business_days_in_words(calendar_of(task.organization), request.today)
    form.fields["to"].help_text = DAY_HINT % {"days": days}
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            moved = _moved(request, task, form.cleaned_data)
        except Refusal as no:
            status = _blame(form, no)
        else:
            messages.success(request, _said(moved), extra_tags=f"draft:{_draft(task)}")
            return redirect("tasks:detail", pk=pk)
    return render(request, "tasks/move.html", _context(task, form, request), status=status)


def _moved(request: Request, task: Task, values: dict[str, Any]) -> Task:
    return progress.move(
        task, to=values["to"], by=request.user, team=union_team(request.user, request.today), at=request.now,
        reason=values["reason"], version=version_of(request),
    )  # fmt: skip


def _blame(form: MoveForm, no: Refusal) -> int:
    """The sentence at its field, or above all where somebody else was faster; and the status."""
    for name, sentence in (no.errors or {"": str(no)}).items():
        form.add_error(name or None, sentence)
    return 422 if no.errors else 409


def _said(task: Task) -> str:
    return _("期限を%(day)s 第%(n)s開庁日 %(time)s に移しました。") % {
        "day": era_date(task.due_on, with_weekday=True),
        "n": calendar_of(task.organization).ordinal(task.due_on),
        "time": hm(task.due_at),
    }


def _draft(task: Task) -> str:
    return f"move-{task.pk}"


def _context(task: Task, form: MoveForm, request: Request) -> dict[str, Any]:
    period = period_short(task, request.today)
    return {
        "title": _("期限を移す"),
        "subtitle": f"No.{task.duty.number} {task.duty.work} {task.organization} {period}",
        "task": task,
        "form": form,
        "submit": _("期限を移す"),
        "back": reverse("tasks:detail", args=[task.pk]),
        "draft": _draft(task),
    }
