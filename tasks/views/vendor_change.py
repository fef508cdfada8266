"""A vendor change on a day: who goes, who comes, what passes; and the hand-over list of a team."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts import organizations, teams
from opsdesk.accounts.access import administrator, allow, signed_in
from opsdesk.accounts.models import Membership, Organization, Role, Team
from opsdesk.audit.record import recording
from opsdesk.lib import workbook
from opsdesk.lib.era import era_date
from opsdesk.lib.filters import EraDateField
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from raci.access import standing_of
from raci.models import Mark
from tasks import progress
from tasks.filters import duties_marked
from tasks.handover import left_behind, may_release
from tasks.models import Task
from tasks.words import period_short, state_words

from .effects import effect_page

HANDED = frozenset({Mark.MAIN.value, Mark.SUPPORT.value})


def open_work(role_id: int, tasks: Any) -> Any:
    """The open ones of `tasks` on which a role has ◎ or ○: what its next team takes over."""
    return tasks.open().filter(duty_id__in=duties_marked(role_id, HANDED))


class ChangeForm(forms.Form):
    role = forms.ModelChoiceField(
        label=gettext_lazy("役割"), queryset=Role.objects.filter(kind=Organization.Kind.VENDOR)
    )
    on = EraDateField(
        label=gettext_lazy("次の担当が始まる日"),
        help_text=gettext_lazy("この日の0時に替わります。例: R9.4.1"),
    )
    to = forms.ModelChoiceField(
        label=gettext_lazy("次の委託ベンダ"),
        queryset=Organization.objects.filter(kind=Organization.Kind.VENDOR),
        required=False,
        empty_label=gettext_lazy("新しい委託ベンダ（下に書く）"),
    )
    code = forms.SlugField(
        label=gettext_lazy("新しい委託ベンダのコード"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("半角の英数字"),
    )
    vendor = forms.CharField(label=gettext_lazy("新しい委託ベンダの名称"), required=False, max_length=100)
    name = forms.CharField(
        label=gettext_lazy("担当の名称"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("空欄なら役割の名前"),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("to") and not (values.get("code") and values.get("vendor")):
            self.add_error("to", _("次の委託ベンダを選ぶか、コードと名称を書いてください。"))
        if not values.get("to") and Organization.objects.filter(code=values.get("code", "")).exists():
            self.add_error("code", _("コード %(code)s の団体はすでにあります。") % values)
        return values


@allow(administrator, label=gettext_lazy("委託先の交代"))
@require_http_methods(["GET", "POST"])
def vendor_change(request: Request) -> HttpResponse:
    """Its effect first, then the change."""

    def act(values: dict[str, Any]) -> str:
        with recording():
            to = values["to"] or organizations.create(
                code=values["code"], kind=Organization.Kind.VENDOR, name=values["vendor"],
                joined_on=min(values["on"], request.today), by=request.user, at=request.now,
            )  # fmt: skip
            made = teams.pass_on(
                values["role"], to=to, on=values["on"], name=values["name"], by=request.user, at=request.now
            )
        said = {"team": made.name, "day": era_date(values["on"]), "to": to.name}
        return _("%(day)sから「%(team)s」は%(to)sです。新しい担当の人を名簿で登録してください。") % said

    now = Team.objects.on(request.today).exclude(role__kind=Organization.Kind.MEMBER)
    return effect_page(
        request, ChangeForm, effect=lambda values: _effect(values, request), act=act,
        done=reverse("tasks:vendor_change"), template="tasks/vendor_change.html", title=_("委託先の交代"),
        teams=_upcoming(now, request), back=reverse("tasks:roster"),
    )  # fmt: skip


def _upcoming(now: Any, request: Request) -> list[tuple[Team, list[Team]]]:
    """The teams of today, each with those that come after it."""
    later = list(Team.objects.filter(starts_on__gt=request.today).select_related("organization"))
    return [
        (team, [t for t in later if t.role_id == team.role_id])
        for team in now.select_related("role", "organization")
    ]


def _effect(values: dict[str, Any], request: Request) -> dict[str, Any]:
    """Who loses access, and how much work passes."""
    role, on = values["role"], values["on"]
    if on < request.today:
        raise Refusal(_("交代する日は、今日からの日付にしてください。"))
    team = Team.objects.on(request.today).filter(role=role).select_related("organization").first()
    people = Membership.objects.on(request.today).filter(team=team).select_related("user") if team else []
    work = open_work(role.pk, Task.objects.all())
    return {
        **values,
        "vendor": values["to"].name if values["to"] else values["vendor"],
        "team": team,
        "people": [m.user for m in people],
        "count": work.count(),
        "assigned": work.filter(assignee__in=[m.user_id for m in people]).count(),
    }


@allow(signed_in, label=gettext_lazy("担当の引き継ぎ一覧（広域組合、その役割の担当、管理者）"))
@require_http_methods(["GET", "POST"])
def team_hand_over(request: Request, pk: int) -> HttpResponseBase:
    """The open work of a team by duty: on the screen, on A4, as xlsx. Administrators see the number only."""
    team = get_object_or_404(Team.objects.select_related("role", "organization"), pk=pk)
    standing = standing_of(request.user, request.today)
    is_its = any(
        t.role_id == team.role_id and t.role.kind != Organization.Kind.MEMBER for t in standing.teams
    )
    if (
        not (standing.is_union or is_its or request.user.is_staff)
        or team.role.kind == Organization.Kind.MEMBER
    ):
        raise PermissionDenied(_("引き継ぎ一覧を見られるのは、広域組合とその役割の担当です。"))
    if request.method == "POST":
        return _released(request, team)
    visible = Task.objects.visible_to(request.user, request.today)
    work = open_work(team.role_id, visible).select_related("duty", "organization", "assignee")
    rows = list(work.order_by("duty__position", "due_at", "organization__position", "pk"))
    title = _("引き継ぎ一覧 %(team)s") % {"team": team.name}
    if request.GET.get("export") == "xlsx":
        return workbook.response(
            _sheet(rows, request), title=_("引き継ぎ一覧"), filename=f"handover-{request.today:%Y%m%d}.xlsx",
            above=(title, team.organization.name, era_date(request.today)),
        )  # fmt: skip
    context = {
        "title": title,
        "team": team,
        "groups": [
            (duty, list(its)) for duty, its in groupby(_lines(rows, request), lambda x: x["task"].duty)
        ],
        "count": open_work(team.role_id, Task.objects.all()).count(),
        "left_behind": left_behind(team, request.today).count() if team.ends_on else 0,
        "may_release": may_release(team, request.user, request.today),
        "today": request.today,
    }
    return render(request, "tasks/team_hand_over.html", context)


def _released(request: Request, team: Team) -> HttpResponse:
    try:
        released = progress.release(team, by=request.user, at=request.now)
    except Refusal as no:
        messages.error(request, str(no))
    else:
        sentence = _("%(count)s件を担当者なしにして、いまの担当へ渡しました。")
        messages.success(request, sentence % {"count": len(released)})
    return redirect("tasks:team_hand_over", pk=team.pk)


def _lines(rows: Iterable[Task], request: Request) -> list[dict[str, Any]]:
    return [
        {"task": t, "period": period_short(t, request.today), "state": state_words(t, request.now)}
        for t in rows
    ]


def _sheet(rows: Iterable[Task], request: Request) -> Iterable[list[Any]]:
    yield [_("No."), _("作業"), _("対象"), _("団体"), _("期限"), _("担当者"), _("状態")]
    for line in _lines(rows, request):
        t = line["task"]
        yield [
            t.duty.number, t.duty.work, line["period"], t.organization.short_name, t.due_on,
            t.assignee.name if t.assignee else "", line["state"][1],
        ]  # fmt: skip
