"""One edition: a draft as a grid to work in, a published one to read, both compared with the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, drafter, publisher, signed_in
from opsdesk.accounts.models import Role
from opsdesk.audit.timeline import timeline_of
from opsdesk.lib.request import Request, whole_number
from raci.changes import base_rows, kept_rows
from raci.comparison import compare
from raci.matrix import head_lines
from raci.models import Edition
from tasks.differences import said
from tasks.draftform import ALL, CHANGED, Typed, fresh
from tasks.draftpage import (
    Draft,
    counted,
    grid_context,
    lint_context,
    names_of,
    publish_context,
)
from tasks.editiontable import PILLS
from tasks.gridrows import Looks, differences_by_key, grid_rows, labels_of

#: Lines of the history that are shown.
MANY = 30


@allow(signed_in, label=gettext_lazy("分担表の版"))
@require_GET
def edition(request: Request, number: int) -> HttpResponse:
    """A draft with its grid, `?rows=changed|all`, `?edit=<key>`; another edition as it was published."""
    found = edition_or_404(request, number)
    if not found.is_draft:
        return render(request, "tasks/edition_read.html", _read_context(request, found))
    draft = Draft(found, request.today)
    return draft_page(request, draft, typed_nothing(request, draft))


def edition_or_404(request: Request, number: int) -> Edition:
    """One that the person may see."""
    visible = Edition.objects.visible_to(request.user, request.today)
    found = visible.select_related("based_on", "saved_by", "published_by").annotate(kept=Count("savings"))
    edition = found.filter(number=number).first()
    if edition is None:
        raise Http404
    return edition


def typed_nothing(request: Request, draft: Draft) -> Typed:
    """The saved rows: those that changed, or all, as the address says; all as long as none did."""
    default = CHANGED if draft.differences or draft.blockers else ALL
    view = request.GET.get("rows") if request.GET.get("rows") in (CHANGED, ALL) else default
    key = whole_number(request.GET.get("edit", ""))
    return fresh(draft.rows, draft.roles, view=view or default, editing=[key] if key else [])


def draft_page(
    request: Request,
    draft: Draft,
    typed: Typed,
    *,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
    **said_besides: Any,
) -> HttpResponse:
    """The page, or to htmx the grid alone; `faults` by "<key>.<column>"."""
    context = {**grid_context(draft, typed, faults or {}), **said_besides}
    if request.htmx:
        return render(request, "tasks/_edition_grid.html", context, status=status)
    context |= {
        **lint_context(draft, context["rows"]),
        **publish_context(draft, request.user),
        "title": _("改定案 %(edition)s") % {"edition": draft.edition},
        "crumbs": crumbs(str(draft.edition)),
        "said": draft.said,
        "counted": counted(draft.differences),
        "can_undo": draft.edition.kept > 1,  # type: ignore[attr-defined]
    }
    return render(request, "tasks/edition.html", context, status=status)


def crumbs(last: str) -> list[tuple[str, str]]:
    return [
        (_("ダッシュボード"), "/"),
        (_("作業分担表"), reverse("tasks:matrix")),
        (_("改定履歴"), reverse("tasks:editions")),
        (last, ""),
    ]


def _read_context(request: Request, found: Edition) -> dict[str, Any]:
    roles = list(Role.objects.all())
    old, new = base_rows(found), kept_rows(found)
    differences = compare(old, new) if found.based_on else []
    view = ALL if request.GET.get("rows") == ALL or not differences else CHANGED
    known = differences_by_key(old, new) if differences else {}
    looks = Looks(roles, known, is_draft=False, labels=labels_of(new))
    return {
        "title": str(found),
        "crumbs": crumbs(str(found)),
        "edition": found,
        "pill": PILLS[found.state],
        "state_words": _state_words(request, found),
        "view": view,
        "rows": grid_rows(fresh(new, roles, view=view), looks),
        "total": len(new),
        "heads": heads(roles),
        "width": len(roles) + 6,
        "said": said(differences, old, new, names_of(roles)),
        "counted": counted(differences),
        "can_withdraw": _can_withdraw(request, found),
        "is_drafter": drafter(request),
        "events": timeline_of(found, limit=MANY),
    }


def _state_words(request: Request, found: Edition) -> str:
    in_force = Edition.objects.in_force(request.today).first()
    return _("施行中") if found == in_force else str(found.get_state_display())


def heads(roles: Iterable[Role]) -> list[tuple[Role, list[str]]]:
    return [(role, head_lines(role.name)) for role in roles]


def _can_withdraw(request: Request, found: Edition) -> bool:
    is_to_come = found.in_force_on is not None and found.in_force_on > request.today
    return found.state == Edition.State.PUBLISHED and is_to_come and publisher(request)
