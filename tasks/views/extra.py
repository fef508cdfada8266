"""臨時の作業を作る: a scheduled duty once more, from the duty's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.accounts.models import Organization, Team
from opsdesk.calendar.book import calendar_of
from opsdesk.lib.era import era_date
from opsdesk.lib.filters import EraDateField
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from opsdesk.lib.templatetags.dates import hm
from raci.models import Duty, Scope
from tasks import progress
from tasks.coming import business_days_in_words
from tasks.extra import occasions, raisers
from tasks.models import Task
from tasks.recurrence import rule_of
from tasks.words import period_short

from .matrix import edition_on

CHOOSE = dict.fromkeys(("required", "invalid_choice"), gettext_lazy("選んでください。"))
DAY_HINT = gettext_lazy("今日からの開庁日。例: R8.12.4、2026/12/4。近い開庁日: %(days)s")


class ExtraForm(forms.Form):
    """`made`: the calendar's own tasks, of which one comes once more; asks only where there is a choice."""

    period = forms.ChoiceField(label=gettext_lazy("対象期間"), error_messages=CHOOSE)
    organization = forms.ChoiceField(label=gettext_lazy("団体"), error_messages=CHOOSE)
    team = forms.ChoiceField(label=gettext_lazy("作る担当"), widget=forms.RadioSelect, error_messages=CHOOSE)
    due_on = EraDateField(
        label=gettext_lazy("期限"), error_messages={"required": gettext_lazy("期限を入力してください。")}
    )
    reason = forms.CharField(
        label=gettext_lazy("臨時に行う理由"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": gettext_lazy("臨時に行う理由を入力してください。")},
    )

    def __init__(self, data: Any, made: list[Task], teams: list[Team], request: Request) -> None:
        super().__init__(data)
        self.settled: list[str] = []  # what there is no choice of, in words
        periods = {task.period: period_short(task, request.today) for task in made}
        self.organizations = {str(task.organization_id): task.organization for task in made}
        self.teams = {str(team.pk): team for team in teams}
        self._offer("period", list(periods.items()))
        self._offer("organization", [(pk, str(o)) for pk, o in self.organizations.items()])
        self._offer("team", [(pk, str(team)) for pk, team in self.teams.items()])
        calendar = calendar_of(made[0].organization if len(self.organizations) == 1 else None)
        days = business_days_in_words(calendar, request.today)
        self.fields["due_on"].help_text = DAY_HINT % {"days": days}

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices
        if len(choices) == 1:
            self.settled += [choices[0][1]] if name != "team" else []
            field.required, field.widget, self.initial[name] = False, forms.HiddenInput(), choices[0][0]
        elif name == "organization":
            field.choices = [("", _("選んでください")), *choices]

    def values(self) -> dict[str, Any]:
        """As the command takes them."""
        given: dict[str, Any] = {n: value or self.initial.get(n) for n, value in self.cleaned_data.items()}
        return given | {
            "organization": self.organizations[given["organization"]],
            "team": self.teams[given["team"]],
        }


@allow(team_member, label=gettext_lazy("臨時の作業を作る"))
@require_http_methods(["GET", "POST"])
def extra(request: Request, number: int) -> HttpResponse:
    """The period, for whom, the due day and why; then the new task opens."""
    duty = _duty_or_404(request, number)
    teams = raisers(duty, request.user, request.today)
    if not teams:
        raise PermissionDenied(_("臨時の作業を作れるのは、この業務の主担当と支援担当です。"))
    made = _made(duty, teams, request)
    sent = request.POST if request.method == "POST" else None
    form = ExtraForm(sent, made, teams, request) if made else None
    task = _raised(duty, form, request) if form and form.is_valid() else None
    if task is not None:
        messages.success(request, _said(task), extra_tags=f"draft:{_draft(duty)}")
        return redirect("tasks:detail", pk=task.pk)
    status = 422 if form and form.errors else 200
    return render(request, "tasks/extra.html", _context(duty, form), status=status)


def _raised(duty: Duty, form: ExtraForm, request: Request) -> Task | None:
    """The new task, or None with the form saying why not."""
    try:
        return progress.raise_extra(duty, by=request.user, at=request.now, **form.values())
    except Refusal as no:
        for name, sentence in (no.errors or {"reason": str(no)}).items():
            form.add_error(name, sentence)
    return None


def _duty_or_404(request: Request, number: int) -> Duty:
    """No. `number` of the edition in force, if it comes by the calendar."""
    edition = edition_on(request.today)
    rows = edition.duties.select_related("schedule").filter(number=number) if edition else []
    duty = next((d for d in rows if rule_of(d)), None)
    if duty is None:
        raise Http404
    return duty


def _made(duty: Duty, teams: list[Team], request: Request) -> list[Task]:
    """The occasions that may come once more: a municipality's own, for the others all."""
    organizations = Organization.objects.filter(
        kind=Organization.Kind.UNION if duty.scope == Scope.COMMON else Organization.Kind.MEMBER
    )
    if duty.scope == Scope.EACH and all(t.role.kind == Organization.Kind.MEMBER for t in teams):
        organizations = organizations.filter(pk__in=[t.organization_id for t in teams])
    found = occasions(duty, list(organizations.values_list("pk", flat=True)), request.today)
    return list(found.select_related("duty", "organization"))


def _said(task: Task) -> str:
    calendar = calendar_of(task.organization)
    is_open = calendar.is_business_day(task.due_on)
    return _("臨時%(n)sの作業を作りました。期限は%(day)s %(which)s %(time)s です。") % {
        "n": task.serial,
        "day": era_date(task.due_on, with_weekday=True),
        "which": _("第%(n)s開庁日") % {"n": calendar.ordinal(task.due_on)}
        if is_open
        else calendar.reason_closed(task.due_on),
        "time": hm(task.due_at),
    }


def _draft(duty: Duty) -> str:
    return f"extra-{duty.key}"


def _context(duty: Duty, form: ExtraForm | None) -> dict[str, Any]:
    page = reverse("tasks:duty", args=[duty.number])
    return {
        "title": _("臨時の作業を作る"),
        "subtitle": " ".join([f"No.{duty.number} {duty.work}", *(form.settled if form else ())]),
        "crumbs": [
            (_("ダッシュボード"), "/"),
            (f"No.{duty.number} {duty.work}", page),
            (_("臨時の作業を作る"), ""),
        ],
        "form": form,
        "submit": _("作業を作る"),
        "back": page,
        "draft": _draft(duty),
    }
