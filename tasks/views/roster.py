"""People and organizations as a workbook: what stands out today, out as xlsx, in with a preview."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opsdesk.accounts.access import administrator, allow
from opsdesk.accounts.models import User
from opsdesk.accounts.rosters import applying, planning, reading, state
from opsdesk.accounts.rosters.cautions import Caution, cautions
from opsdesk.accounts.rosters.planning import CHANGED, NEW, PROBLEM, SAME, Plan
from opsdesk.accounts.rosters.reading import Line
from opsdesk.accounts.rosters.shape import SHAPES
from opsdesk.accounts.startcodes import without_password
from opsdesk.lib import sheets, workbook
from opsdesk.lib.carried import carried, carry
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from tasks.models import Task

SALT = "roster"
PILLS = {
    NEW: ("run", gettext_lazy("新規")),
    CHANGED: ("warn", gettext_lazy("変更")),
    SAME: ("done", gettext_lazy("変更なし")),
    PROBLEM: ("bad", gettext_lazy("問題")),
}


@allow(administrator, label=gettext_lazy("利用者・団体の名簿"))
@require_GET
def roster(request: Request) -> HttpResponseBase:
    """The counts, what somebody should look at, and the ways out (`export=xlsx`) and in."""
    present = state.present()
    if request.GET.get("export") == "xlsx":
        return _export(present, request)
    people = {login: user for (login,), user in present.objects["users"].items()}
    context = {
        "title": _("利用者・団体の名簿"),
        "counts": [(shape.title, len(present.rows[shape.code])) for shape in SHAPES],
        "waiting": without_password(request.today, request.now).count(),
        "cautions": _linked(cautions(present.rows, request.today), people),
    }
    return render(request, "tasks/roster.html", context)


def _linked(found: list[Caution], people: dict[str, User]) -> list[tuple[str, str]]:
    """(sentence, address of the person in the admin)."""
    return [
        (
            c.sentence,
            reverse("admin:accounts_user_change", args=[people[c.login].pk]) if c.login in people else "",
        )
        for c in found
    ]


def _export(present: state.Roster, request: Request) -> FileResponse:
    """The present state, in the form that the import takes."""
    return FileResponse(
        workbook.write_book((shape.title, state.on_paper(present, shape)) for shape in SHAPES),
        as_attachment=True,
        filename=f"{_('名簿')}_{request.today:%Y%m%d}.xlsx",
        content_type=workbook.CONTENT_TYPE,
    )


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("ファイル(.xlsx)"),
        help_text=gettext_lazy("シート 団体・担当・利用者・所属。要らないシートは削ってかまいません。"),
    )


@allow(administrator, label=gettext_lazy("名簿を取り込む"))
@require_http_methods(["GET", "POST"])
def roster_import(request: Request) -> HttpResponse:
    """A file gives the preview, the preview's form the import."""
    if request.method == "POST" and "lines" in request.POST:
        return _imported(request)
    is_sent = request.method == "POST"
    form = FileForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if form.is_valid():
        present = state.present()
        try:
            lines = reading.read(sheets.received(form.cleaned_data["file"]), present)
        except Refusal as no:
            form.add_error("file", str(no))
        else:
            return _preview(request, lines, present)
    context = {
        "title": _("名簿の取込"),
        "form": form,
        "submit": _("内容を確かめる"),
        "back": reverse("tasks:roster"),
    }
    return render(request, "tasks/roster_import.html", context, status=422 if form.errors else 200)


def _preview(request: Request, lines: list[Line], present: state.Roster, error: str = "") -> HttpResponse:
    own = [dict(line.problems) for line in lines]  # before the plan adds its own
    plan = planning.planned(lines, present)
    plain = [
        {"sheet": x.sheet, "number": x.number, "values": x.values, "problems": p}
        for x, p in zip(lines, own, strict=True)
    ]
    problems = len(plan.of(PROBLEM))
    context = {
        "title": _("名簿の取込の確認"),
        "sheets": _sheets(plan),
        "counts": [(*PILLS[s], len(plan.of(s))) for s in PILLS if plan.of(s)],
        "acts": len(plan.of(NEW, CHANGED)),
        "problems": problems,
        "cautions": cautions(plan.after, request.today) if not problems else [],
        "leaving": _leaving(plan, present),
        "newcomers": [row for row in plan.of(NEW) if row.line.sheet == "users"],
        "unlisted": plan.unlisted,
        "carried": carry({"lines": plain, "digest": plan.digest}, salt=SALT),
        "errors": [("", error)] if error else [],
    }
    return render(request, "tasks/roster_preview.html", context, status=409 if error else 200)


def _sheets(plan: Plan) -> list[dict[str, Any]]:
    """Sheet by sheet: what would be done or can't be, and how many rows stay as they are."""
    found = []
    for shape in SHAPES:
        rows = [row for row in plan.rows if row.line.sheet == shape.code]
        shown = [
            (row, PILLS[row.status], plan.who(row), plan.differences(row))
            for row in rows
            if row.status != SAME or row.note
        ]
        if rows:
            same = sum(row.status == SAME for row in rows)
            found.append({"shape": shape, "rows": shown, "same": same, "total": len(rows)})
    return found


def _leaving(plan: Plan, present: state.Roster) -> list[dict[str, Any]]:
    """Whose membership ends by the workbook, with the number of open tasks in their name."""
    people = [
        present.objects["users"][login,] for login in plan.leaving if (login,) in present.objects["users"]
    ]
    counts = Task.objects.open().filter(assignee__in=people).order_by().values_list("assignee")
    open_tasks = dict(counts.annotate(n=Count("pk")))
    return [
        {"person": p, "on": date.fromisoformat(plan.leaving[p.login]), "tasks": open_tasks.get(p.pk, 0)}
        for p in people
    ]


def _imported(request: Request) -> HttpResponse:
    sent = carried(request.POST["lines"], salt=SALT)
    lines = [Line(**line) for line in sent["lines"]]
    try:
        plan = applying.apply(lines, by=request.user, at=request.now, digest=sent["digest"])
    except Refusal as no:
        fresh = [Line(**line) for line in carried(request.POST["lines"], salt=SALT)["lines"]]
        return _preview(request, fresh, state.present(), str(no))
    messages.success(
        request,
        _("%(new)s件を登録し、%(changed)s件を変えました。")
        % {"new": len(plan.of(NEW)), "changed": len(plan.of(CHANGED))},
    )
    newcomers = any(row.line.sheet == "users" for row in plan.of(NEW))
    return redirect("tasks:roster_codes" if newcomers else "tasks:roster")
