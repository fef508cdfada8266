"""未登録の機器: names that no device has, to be adopted or ignored."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from monitoring import adopting
from monitoring.intake_forms import HEED, IGNORE, AdoptForm
from monitoring.models import UnknownName
from monitoring.reach import ROWS, editors, keys_of, lines_for
from monitoring.unknowntable import UnknownFilter, UnknownTable
from opsdesk.accounts.access import allow, team_member
from opsdesk.accounts.models import Organization, Team
from opsdesk.lib.listing import list_page
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from raci.access import standing_of


def require_reader(request: Request) -> None:
    """Who has a mark on a row of monitoring for all municipalities, or is the union's."""
    standing = standing_of(request.user, request.today)
    lines = lines_for(request.user, request.today)
    wide = [team for team in standing.teams if team.role.kind != Organization.Kind.MEMBER]
    if not standing.is_union and not any(keys_of(team, lines) & ROWS for team in wide):
        raise PermissionDenied(_("監視の担当だけが見られます。"))


def editing_team(request: Request) -> Team:
    """The team for which the person keeps devices and rules; PermissionDenied without one."""
    teams = editors(request.user, request.today)
    if not teams:
        raise PermissionDenied(_("死活監視の主担当だけが変更できます。"))
    return teams[0]


@allow(team_member, label=gettext_lazy("未登録の機器の一覧"))
@require_GET
def unknown(request: Request) -> HttpResponseBase:
    """The names, the latest first; `?export=xlsx` gives the same rows."""
    require_reader(request)
    return list_page(
        request,
        UnknownName.objects.select_related("source"),
        UnknownFilter,
        UnknownTable,
        title=_("未登録の機器"),
        template="monitoring/unknown.html",
        filename="unknown-devices",
        today=request.today,
        is_editor=bool(editors(request.user, request.today)),
    )


@allow(team_member, label=gettext_lazy("未登録の機器を登録する・対象外にする"))
@require_http_methods(["GET", "POST"])
def adopt(request: Request, pk: int) -> HttpResponse:
    """A new device, another name of one, or none of ours."""
    require_reader(request)
    team, name = editing_team(request), get_object_or_404(UnknownName.objects.select_related("source"), pk=pk)
    form = AdoptForm(
        request.POST if request.method == "POST" else None,
        initial={"title": name.name},
        is_ignored=name.ignored_at is not None,
    )
    if request.method == "POST" and form.is_valid() and (said := _do(request, name, team, form)):
        messages.success(request, said)
        return redirect("monitoring:unknown")
    context = {
        "form": form, "name": name, "title": _("未登録の機器: %(name)s") % {"name": name},
        "submit": _("決定する"), "back": reverse("monitoring:unknown"),
        "crumbs": [
            (_("警報"), reverse("monitoring:alerts")), (_("未登録の機器"), reverse("monitoring:unknown")),
        ],
    }  # fmt: skip
    return render(request, "monitoring/adopt.html", context, status=422 if form.errors else 200)


def _do(request: Request, name: UnknownName, team: Team, form: AdoptForm) -> str:
    """Do what was chosen; the sentence of it, "" if it was refused, which the form then says."""
    act: dict[str, Any] = {"by": request.user, "team": team, "at": request.now}
    chosen, title = form.cleaned_data["act"], form.cleaned_data["title"]
    try:
        if chosen in (IGNORE, HEED):
            (adopting.ignore if chosen == IGNORE else adopting.heed)(name, **act)
            return _("対象外にしました。") if chosen == IGNORE else _("対象外から戻しました。")
        device = form.cleaned_data["device"] if chosen == "old" else None
        found = adopting.adopt(name, device=device, title=title, **act)
    except Refusal as no:
        form.add_error("title" if no.errors else None, str(no))
        return ""
    return _("%(name)s として登録しました。") % {"name": found}
