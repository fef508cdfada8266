"""Closed and open days from a file: what each line would do, then all of them or none."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, drafter
from opsdesk.accounts.models import Organization
from opsdesk.calendar import closing, dayfile
from opsdesk.calendar.book import calendar_of
from opsdesk.calendar.dayfile import NEW, NO_EFFECT, PROBLEM, THERE, Line
from opsdesk.calendar.models import ClosedDay
from opsdesk.lib import sheets
from opsdesk.lib.carried import carried, carry
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from tasks import displaced

SALT = "closed days"
PILLS = {
    NEW: ("run", gettext_lazy("新規")),
    THERE: ("done", gettext_lazy("登録済み")),
    NO_EFFECT: ("na", gettext_lazy("影響なし")),
    PROBLEM: ("bad", gettext_lazy("問題")),
}


def organizations() -> Any:
    return Organization.objects.exclude(kind=Organization.Kind.VENDOR)


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("ファイル"),
        help_text=gettext_lazy(
            "Excel(.xlsx): 見出し 日付・名称・種別(休庁/臨時開庁)・団体。iCalendar(.ics): 終日の予定。"
        ),
    )
    organization = forms.ModelChoiceField(
        label=gettext_lazy("団体が書かれていない行の団体"),
        queryset=Organization.objects.none(),
        required=False,
        empty_label=gettext_lazy("全団体"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations()  # type: ignore[attr-defined]


@allow(drafter, label=gettext_lazy("休庁日をファイルから取り込む"))
@require_http_methods(["GET", "POST"])
def closed_days_import(request: Request) -> HttpResponse:
    """A file gives the preview, the preview's form the import."""
    if request.method == "POST" and "lines" in request.POST:
        return _imported(request)
    is_sent = request.method == "POST"
    form = FileForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if form.is_valid():
        file, of = form.cleaned_data["file"], form.cleaned_data["organization"]
        try:
            content = sheets.received(file)
            lines = dayfile.read(
                file.name, content, list(organizations()), of.code if of else "", request.today
            )
        except Refusal as no:
            form.add_error("file", str(no))
        else:
            return _preview(request, lines)
    context = {
        "title": _("休庁日の取込"),
        "form": form,
        "submit": _("内容を確かめる"),
        "back": reverse("tasks:closed_days"),
    }
    return render(request, "tasks/closed_days_import.html", context, status=422 if form.errors else 200)


def _judged(lines: list[Line]) -> list[Line]:
    """The lines against what is stored now. Five statements."""
    there = [
        (row.on, kind, row.organization.code if row.organization else "")
        for kind, model in dayfile.MODELS.items()
        for row in model._default_manager.select_related("organization")
    ]
    return dayfile.judged(lines, calendar_of(), there, organizations().values_list("code", flat=True))


def _preview(request: Request, lines: list[Line], error: str = "") -> HttpResponse:
    judged = _judged(lines)
    counts = Counter(line.status for line in judged)
    names = dict(organizations().values_list("code", "short_name"))
    context = {
        "title": _("休庁日の取込の確認"),
        "lines": [(line, PILLS[line.status], names.get(line.of, "")) for line in judged],
        "counts": [(*PILLS[status], counts[status]) for status in PILLS if counts[status]],
        "new": counts[NEW],
        "problems": counts[PROBLEM],
        "carried": carry([_plain(line) for line in lines], salt=SALT),
        "errors": [("", error)] if error else [],
    }
    return render(request, "tasks/closed_days_preview.html", context, status=409 if error else 200)


def _imported(request: Request) -> HttpResponse:
    lines = [_line(plain) for plain in carried(request.POST["lines"], salt=SALT)]
    judged = _judged(lines)
    if any(line.status == PROBLEM for line in judged):
        return _preview(request, lines, _("問題のある行があります。一日も登録していません。"))
    of = {o.code: o for o in organizations()}
    rows = [
        dayfile.MODELS[line.kind](on=line.on, name=line.name, organization=of.get(line.of))  # type: ignore[misc]
        for line in judged
        if line.status == NEW
    ]
    try:
        count = closing.add_all(rows, by=request.user, at=request.now)
    except Refusal as no:
        return _preview(request, lines, str(no))
    messages.success(request, _("%(count)s日を登録しました。") % {"count": count})
    closed = [row for row in rows if isinstance(row, ClosedDay)]
    where = "tasks:closed_day_tasks" if any(displaced.counts(closed).values()) else "tasks:closed_days"
    return redirect(where)


def _plain(line: Line) -> dict[str, Any]:
    return asdict(replace(line, sentence=str(line.sentence))) | {
        "on": line.on.isoformat() if line.on else None
    }


def _line(plain: dict[str, Any]) -> Line:
    return Line(**plain | {"on": date.fromisoformat(plain["on"]) if plain["on"] else None})
