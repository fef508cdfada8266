"""The page of one case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from tasks import kinds
from tasks.casepage import CasePage, case_of
from tasks.models import Case


def case_or_404(request: Request, number: str) -> Case:
    """The case with what its page needs; a foreign one is not there."""
    try:
        return case_of(request.user, request.today, number)
    except Case.DoesNotExist:
        raise Http404 from None


def page_of(
    request: Request, case: Case, *, typed: Mapping[str, Any] | None = None, refusal: Refusal | None = None
) -> CasePage:
    return CasePage(
        case, request.user, now=request.now, today=request.today, query=request.GET, typed=typed,
        refusal=refusal,
    )  # fmt: skip


def show(
    request: Request,
    page: CasePage,
    template: str = "tasks/case.html",
    status: int = 200,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A page about the case; after a refusal with what was typed and 422 (fields to blame) or 409."""
    if page.refusal is not None:
        status = 422 if page.refusal.errors else 409
    found = {"page": page, "case": page.case, "title": page.title, "crumbs": page.crumbs}
    return render(request, template, {**found, "today": request.today, **(context or {})}, status=status)


@allow(team_member, label=gettext_lazy("案件"))
@require_GET
def case_page(request: Request, number: str) -> HttpResponse:
    """Its state, whose turn it is, the timeline; an app above may have a page of its own for its kind."""
    case = case_or_404(request, number)
    if (page := kinds.of(case.kind).page) is not None:
        return redirect(page(case))
    return show(request, page_of(request, case))
