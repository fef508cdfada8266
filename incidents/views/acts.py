"""Acts on an incident, each a small page: judge its level again, stop its clock, let it go on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from incidents import handling
from incidents.models.incident import Level
from incidents.panels import IncidentPage
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.era import read_moment
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from opsdesk.lib.templatetags.dates import era_dt
from raci.models import CaseKind
from tasks.casepage import CasePage
from tasks.recurrence import TOKYO
from tasks.views.case import case_or_404
from tasks.views.case_acts import act_on, reason_of
from tasks.views.sending import acting_team


def _require_incident(request: Request, number: str) -> None:
    if case_or_404(request, number).kind != CaseKind.INCIDENT:
        raise Http404


@allow(team_member, label=gettext_lazy("障害レベルを見直す"))
@require_http_methods(["GET", "POST"])
def incident_level(request: Request, number: str) -> HttpResponse:
    """The level is judged again, with a reason, by who could judge it first."""
    _require_incident(request, number)

    def act(page: CasePage) -> str:
        team = acting_team(request, IncidentPage(page).judges)
        level = request.POST.get("level", "")
        handling.rejudge(
            page.case, level=level, by=request.user, team=team, at=request.now, reason=reason_of(request)
        )
        return _("障害レベルをレベル%(level)sに見直しました。") % {"level": level}

    def context(page: CasePage) -> Mapping[str, Any]:
        found = IncidentPage(page)
        return {
            "levels": Level.choices,
            "now": found.level,
            "chosen": page.typed.get("level") or found.level,
            "teams": found.judges,
        }

    return act_on(
        request, number, "incidents/level.html", may=lambda page: IncidentPage(page).judges, act=act,
        context=context,
    )  # fmt: skip


@allow(team_member, label=gettext_lazy("障害を先方待ちにする"))
@require_http_methods(["GET", "POST"])
def incident_pause(request: Request, number: str) -> HttpResponse:
    """The clock stands still until a moment, with a reason."""
    _require_incident(request, number)

    def act(page: CasePage) -> str:
        team, until = acting_team(request, IncidentPage(page).stoppers), _until(request)
        handling.pause(
            page.case, until=until, by=request.user, team=team, at=request.now, reason=reason_of(request)
        )
        return _("先方待ちにしました。時計は %(until)s まで止まります。") % {"until": era_dt(until)}

    return act_on(
        request, number, "incidents/pause.html", may=lambda page: IncidentPage(page).stoppers, act=act,
        context=lambda page: {"teams": IncidentPage(page).stoppers},
    )  # fmt: skip


def _until(request: Request) -> datetime:
    try:
        return timezone.make_aware(read_moment(request.POST.get("until", "")), TOKYO)
    except ValueError as error:
        raise Refusal(_("入力内容を確認してください。"), errors={"until": str(error)}) from None


@allow(team_member, label=gettext_lazy("障害の時計を動かす"))
@require_http_methods(["GET", "POST"])
def incident_resume(request: Request, number: str) -> HttpResponse:
    """The clock goes on."""
    _require_incident(request, number)

    def act(page: CasePage) -> str:
        team = acting_team(request, IncidentPage(page).stoppers)
        handling.resume(page.case, by=request.user, team=team, at=request.now)
        return _("時計を動かしました。期限を数え直しました。")

    return act_on(
        request, number, "incidents/resume.html", may=lambda page: IncidentPage(page).stoppers, act=act,
        context=lambda page: {"teams": IncidentPage(page).stoppers},
    )  # fmt: skip
