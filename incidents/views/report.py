"""障害報告書: read a version, write the next, compare two, send it, take it away as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from incidents import report
from incidents.reportform import ReportForm
from incidents.reportpage import ReportPage, differences
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from opsdesk.lib.workbook import CONTENT_TYPE
from tasks.views.case import case_or_404
from tasks.views.sending import acting_team


@allow(team_member, label=gettext_lazy("障害報告書"))
@require_GET
def incident_report(request: Request, number: str) -> HttpResponse:
    """The newest version that the person may read, or `?version=`."""
    page = _page(request, number)
    page.number = request.GET.get("version", "")
    if page.number and page.shown is None:
        raise Http404
    return _show(request, page)


@allow(team_member, label=gettext_lazy("障害報告書を書く(作業を記入する担当)"))
@require_http_methods(["GET", "POST"])
def incident_report_edit(request: Request, number: str) -> HttpResponse:
    """The next version; `?fresh=1` begins with what the case says now instead of the last version."""
    page = _page(request, number)
    if not page.writers:
        raise PermissionDenied(_("障害報告書を書けるのは、この作業を記入する担当だけです。"))
    if request.method != "POST":
        return _form(request, page, ReportForm(page, is_fresh=bool(request.GET.get("fresh"))))
    try:
        made = report.save(
            page.step, by=request.user, team=acting_team(request, page.writers), at=request.now,
            typed=request.POST, version=whole_number(request.POST.get("version", "")),
        )  # fmt: skip
    except Refusal as refusal:
        return _form(request, page, ReportForm(page, typed=request.POST, refusal=refusal))
    said = _("障害報告書 第%(n)s版を保存しました。まだ送られていません。") % {"n": made.number}
    messages.success(request, said, extra_tags=f"draft:{page.draft}")
    return redirect("incidents:incident_report", number=number)


@allow(team_member, label=gettext_lazy("障害報告書を送る(主担当)"))
@require_http_methods(["GET", "POST"])
def incident_report_send(request: Request, number: str) -> HttpResponse:
    """Send the newest version: closes the step with it, or revises what was sent."""
    page = _page(request, number)
    if request.method != "POST":
        return redirect("incidents:incident_report", number=number)
    try:
        sent = report.send(
            page.step, by=request.user, team=acting_team(request, page.entitled), at=request.now,
            version=whole_number(request.POST.get("version", "")) or 0,
            reason=request.POST.get("reason", ""),
        )  # fmt: skip
    except Refusal as refusal:
        return _show(request, _page(request, number, refusal=refusal, typed=request.POST))
    messages.success(request, _("障害報告書 第%(n)s版を送りました。") % {"n": sent.number})
    return redirect("incidents:incident_report", number=number)


@allow(team_member, label=gettext_lazy("障害報告書の版を比べる"))
@require_GET
def incident_report_compare(request: Request, number: str) -> HttpResponse:
    """`?old=1&new=2` line by line; without them the last two that the person may read."""
    page = _page(request, number)
    by_number = {str(v.number): v for v in page.versions}
    new = by_number.get(request.GET.get("new", ""), page.newest)
    last = page.versions[1] if len(page.versions) > 1 else new
    old = by_number.get(request.GET.get("old", ""), last)
    if old is None or new is None:
        raise Http404
    own = page.own_organizations
    found = list(differences(old.content, new.content, None if own is None else set(own)))
    context = {"page": page, "case": page.case, "old": old, "new": new, "differences": found}
    return render(request, "incidents/incident_report_compare.html", context)


@allow(team_member, label=gettext_lazy("障害報告書を Excel に出力"))
@require_GET
def incident_report_export(request: Request, number: str) -> HttpResponse:
    """The version that the page shows, as a workbook; other municipalities are counted, not named."""
    from incidents.reportbook import book_of  # with the library that writes it: megabytes, for what is rare

    page = _page(request, number)
    page.number = request.GET.get("version", "")
    if page.shown is None:
        raise Http404
    own = page.own_organizations
    content = book_of(page.shown, page.case.number, own=None if own is None else set(own))
    page.shown.task.case = page.case
    name = report.file_name(page.shown)
    named = content_disposition_header(True, name) or ""
    return HttpResponse(content, content_type=CONTENT_TYPE, headers={"Content-Disposition": named})


def _page(request: Request, number: str, **of: Any) -> ReportPage:
    """404 for a case that is none of the person's, or has no step that sends a report."""
    case = case_or_404(request, number)
    page = ReportPage(case, request.user, now=request.now, today=request.today, **of)
    if page.step is None:
        raise Http404
    return page


def _show(request: Request, page: ReportPage) -> HttpResponse:
    refusal = page.refusal
    context = {"page": page, "case": page.case, "title": page.title, "crumbs": page.crumbs}
    status = 200 if refusal is None else 422 if refusal.errors else 409
    return render(
        request, "incidents/incident_report.html", {**context, "today": request.today}, status=status
    )


def _form(request: Request, page: ReportPage, form: ReportForm) -> HttpResponse:
    context: Mapping[str, Any] = {"page": page, "case": page.case, "edit": form}
    return render(request, "incidents/incident_report_edit.html", context, status=form.status)
