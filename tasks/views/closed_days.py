"""The days that the union closes or opens by itself: a year of them, one more, one taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opsdesk.accounts.access import allow, drafter
from opsdesk.accounts.models import Organization
from opsdesk.calendar import closing
from opsdesk.calendar.book import calendar_of
from opsdesk.calendar.dayfile import why_no_effect
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.calendar.models import ClosedDay, Holiday, OpenDay
from opsdesk.lib.era import era_date
from opsdesk.lib.filters import EraDateField
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from tasks import displaced
from tasks.models import Task

KINDS: dict[str, Any] = {"closed": ClosedDay, "open": OpenDay}
PILLS = {"closed": ("warn", gettext_lazy("休庁日")), "open": ("run", gettext_lazy("臨時開庁日"))}
HOLIDAY = ("", gettext_lazy("祝日"))
FIRST, LAST = 1900, 2200


@dataclass
class Day:
    """One line of the year: a holiday, or a day of the union's own."""

    on: date
    kind: str
    pill: tuple[str, Any]
    name: str
    row: ClosedDay | OpenDay | None = None
    no_effect: str = ""
    tasks: int = 0


@allow(drafter, label=gettext_lazy("休庁日・臨時開庁日"))
@require_GET
def closed_days(request: Request) -> HttpResponse:
    """A fiscal year of closed and open days, the holidays beside them."""
    year = _year(request)
    organizations = list(Organization.objects.exclude(kind=Organization.Kind.VENDOR))
    chosen = next((o for o in organizations if o.code == request.GET.get("organization")), None)
    return render(
        request,
        "tasks/closed_days.html",
        {
            "title": _("休庁日と臨時開庁日"),
            "year": year,
            "before": year.previous(),
            "after": year.next(),
            "organizations": organizations,
            "chosen": chosen,
            "days": _days(year, chosen),
        },
    )


def _year(request: Request) -> FiscalYear:
    number = whole_number(request.GET.get("year", ""))
    return FiscalYear(number) if number and FIRST < number < LAST else FiscalYear.of(request.today)


def _days(year: FiscalYear, chosen: Organization | None) -> list[Day]:
    """In order; of `chosen` only what holds for it, if given."""
    span = (year.starts_on, year.ends_on)
    calendar = calendar_of()
    found = [Day(h.on, "holiday", HOLIDAY, h.name) for h in Holiday.objects.filter(on__range=span)]
    closed: list[ClosedDay] = []
    for kind, model in KINDS.items():
        for row in model._default_manager.filter(on__range=span).select_related("organization"):
            if chosen and row.organization and row.organization not in (chosen, _union_of(row)):
                continue
            found.append(Day(row.on, kind, PILLS[kind], row.name, row, why_no_effect(row, calendar)))
            closed += [row] if isinstance(row, ClosedDay) else []
    open_tasks = displaced.counts(closed)
    for day in found:
        if isinstance(day.row, ClosedDay):
            day.tasks = open_tasks[day.row.pk]
    return sorted(found, key=lambda day: (day.on, day.kind))


def _union_of(row: ClosedDay | OpenDay) -> Organization | None:
    is_union = row.organization is not None and row.organization.kind == Organization.Kind.UNION
    return row.organization if is_union else None


class DayForm(forms.Form):
    """A new day of either kind."""

    kind = forms.ChoiceField(
        label=gettext_lazy("種別"),
        choices=[(kind, label) for kind, (_pill, label) in PILLS.items()],
        widget=forms.RadioSelect,
        initial="closed",
    )
    on = EraDateField(label=gettext_lazy("日付"), help_text=gettext_lazy("例: R8.12.28、2026/12/28"))
    organization = forms.ModelChoiceField(
        label=gettext_lazy("団体"),
        queryset=Organization.objects.exclude(kind=Organization.Kind.VENDOR),
        required=False,
        empty_label=gettext_lazy("全団体"),
    )
    name = forms.CharField(label=gettext_lazy("名称・理由"), max_length=100)


@allow(drafter, label=gettext_lazy("休庁日・臨時開庁日を登録する"))
@require_http_methods(["GET", "POST"])
def closed_day_add(request: Request) -> HttpResponse:
    """One more day; then the open tasks that are due on it."""
    form = DayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        values = dict(form.cleaned_data)
        row = KINDS[values.pop("kind")](**values)
        try:
            closing.add(row, by=request.user, at=request.now)
        except Refusal as no:
            form.add_error("on", str(no))
        else:
            return after_adding(request, row)
    context = {
        "title": _("休庁日・臨時開庁日の登録"),
        "form": form,
        "submit": _("登録する"),
        "back": reverse("tasks:closed_days"),
    }
    return render(request, "tasks/closed_day_add.html", context, status=422 if form.errors else 200)


def after_adding(request: Request, row: ClosedDay | OpenDay) -> HttpResponse:
    """To the tasks that are due on a day that was closed, if there are any."""
    messages.success(request, _("%(day)s を登録しました。") % {"day": era_date(row.on, with_weekday=True)})
    if isinstance(row, ClosedDay) and displaced.counts([row])[row.pk]:
        return redirect(f"{reverse('tasks:closed_day_tasks')}?day={row.pk}")
    return redirect(f"{reverse('tasks:closed_days')}?year={FiscalYear.of(row.on).year}")


@allow(drafter, label=gettext_lazy("休庁日・臨時開庁日を取り消す"))
@require_http_methods(["GET", "POST"])
def closed_day_remove(request: Request, kind: str, pk: int) -> HttpResponse:
    """Asks once, and tells which tasks were moved because of the day: they stay where they are."""
    if kind not in KINDS:
        raise Http404
    row = get_object_or_404(KINDS[kind]._default_manager.select_related("organization"), pk=pk)
    if request.method == "POST":
        closing.remove(row, by=request.user, at=request.now)
        messages.success(
            request, _("%(day)s を取り消しました。") % {"day": era_date(row.on, with_weekday=True)}
        )
        return redirect(f"{reverse('tasks:closed_days')}?year={FiscalYear.of(row.on).year}")
    moved = _moved(request, row)
    context = {
        "title": _("%(kind)sの取り消し") % {"kind": PILLS[kind][1]},
        "row": row,
        "kind": kind,
        "count": len(moved),
        "tasks": [t for t in moved if t.pk in _visible(request, moved)],
        "today": request.today,
    }
    return render(request, "tasks/closed_day_remove.html", context)


def _moved(request: Request, row: ClosedDay | OpenDay) -> list[Task]:
    if not isinstance(row, ClosedDay):
        return []
    found = displaced.moved_because_of(Task.objects.all(), row).select_related("duty", "organization")
    return list(found.order_by("due_at", "pk"))


def _visible(request: Request, tasks: list[Task]) -> set[int]:
    ids = [task.pk for task in tasks]
    visible = Task.objects.visible_to(request.user, request.today)
    return set(visible.filter(pk__in=ids).values_list("pk", flat=True))
