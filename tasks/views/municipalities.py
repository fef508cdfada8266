"""Municipalities: who is a member when; joining, leaving, a new name, with the effect shown first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opsdesk.accounts import joining, organizations
from opsdesk.accounts.access import administrator, allow
from opsdesk.accounts.models import Membership, Organization
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.era import era_date
from opsdesk.lib.filters import EraDateField
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from tasks import membership

from .effects import effect_page

MEMBERS = Organization.objects.filter(kind=Organization.Kind.MEMBER)
DATE_HINT = gettext_lazy("例: R9.4.1、2027/4/1")


@allow(administrator, label=gettext_lazy("団体の加入・脱退・改称"))
@require_GET
def municipalities(request: Request) -> HttpResponse:
    rows = MEMBERS.all().prefetch_related("names", "teams")
    context = {"title": _("団体の加入・脱退・改称"), "rows": rows, "today": request.today}
    return render(request, "tasks/municipalities.html", context)


class JoinForm(forms.Form):
    code = forms.SlugField(
        label=gettext_lazy("コード"),
        max_length=40,
        help_text=gettext_lazy("半角の英数字。あとから変えられません。"),
    )
    name = forms.CharField(label=gettext_lazy("名称"), max_length=100)
    short_name = forms.CharField(label=gettext_lazy("略称"), max_length=40, required=False)
    kana = forms.CharField(label=gettext_lazy("かな"), max_length=100, required=False)
    joined_on = EraDateField(label=gettext_lazy("加入日"), help_text=DATE_HINT)
    operation_starts_on = EraDateField(
        label=gettext_lazy("運用開始日"),
        required=False,
        help_text=gettext_lazy("この日より前が期限の作業は作りません。空欄なら加入日から。"),
    )


@allow(administrator, label=gettext_lazy("団体の加入"))
@require_http_methods(["GET", "POST"])
def municipality_join(request: Request) -> HttpResponse:
    def effect(values: dict[str, Any]) -> dict[str, Any]:
        if Organization.objects.filter(code=values["code"]).exists():
            raise Refusal(_("コード %(code)s の団体はすでにあります。") % values)
        year = FiscalYear.of(max(values["joined_on"], request.today))
        lines = membership.of_joining(
            values["joined_on"], values["operation_starts_on"], year.ends_on, request.today
        )
        total, at_once = sum(x.count for x in lines), sum(x.at_once for x in lines)
        return {**values, "year": year, "lines": lines, "total": total, "at_once": at_once}

    def act(values: dict[str, Any]) -> str:
        made = joining.join(**values, by=request.user, at=request.now)
        return _("%(name)sの加入を登録しました。人は名簿で登録してください。") % {"name": made.name}

    return _page(request, JoinForm, effect, act, "join", _("団体の加入"))


class LeaveForm(forms.Form):
    on = EraDateField(label=gettext_lazy("最後の日"), help_text=DATE_HINT)


@allow(administrator, label=gettext_lazy("団体の脱退"))
@require_http_methods(["GET", "POST"])
def municipality_leave(request: Request, pk: int) -> HttpResponse:
    member = get_object_or_404(MEMBERS, pk=pk)

    def effect(values: dict[str, Any]) -> dict[str, Any]:
        on = values["on"]
        if on < member.joined_on:
            raise Refusal(_("脱退日は加入日より後の日付にしてください。"))
        lines = membership.of_leaving(member, on)
        people = Membership.objects.filter(team__organization=member).exclude(ends_on__lte=on)
        return {
            "on": on,
            "lines": lines,
            "total": sum(x.count for x in lines),
            "stay": membership.that_stay(member, on),
            "people": people.values("user").distinct().count(),
        }

    def act(values: dict[str, Any]) -> str:
        organizations.leave(member, on=values["on"], by=request.user, at=request.now)
        said = {"name": member.name, "day": era_date(values["on"])}
        return _("%(name)sの脱退（%(day)sまで）を登録しました。") % said

    title = _("%(name)sの脱退") % {"name": member.short_name}
    return _page(request, LeaveForm, effect, act, "leave", title, member)


class RenameForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("新しい名称"), max_length=100)
    short_name = forms.CharField(label=gettext_lazy("新しい略称"), max_length=40, required=False)
    kana = forms.CharField(label=gettext_lazy("かな"), max_length=100, required=False)
    from_on = EraDateField(
        label=gettext_lazy("その名称になった日"), help_text=gettext_lazy("今日までの日付。例: R8.11.1")
    )


@allow(administrator, label=gettext_lazy("団体の改称"))
@require_http_methods(["GET", "POST"])
def municipality_rename(request: Request, pk: int) -> HttpResponse:
    member = get_object_or_404(MEMBERS, pk=pk)

    def effect(values: dict[str, Any]) -> dict[str, Any]:
        if values["from_on"] > request.today:
            raise Refusal(_("新しい名称は、その名称になった日から登録できます。"))
        return {**values, "names": list(member.names.all())}

    def act(values: dict[str, Any]) -> str:
        organizations.rename(member, **values, by=request.user, at=request.now)
        return _("「%(old)s」を「%(new)s」に改めました。") % {"old": member.name, "new": values["name"]}

    title = _("%(name)sの改称") % {"name": member.short_name}
    return _page(request, RenameForm, effect, act, "rename", title, member)


def _page(
    request: Request,
    form: Any,
    effect: Any,
    act: Any,
    what: str,
    title: str,
    member: Organization | None = None,
) -> HttpResponse:
    return effect_page(
        request, form, effect=effect, act=act, done=reverse("tasks:municipalities"),
        template="tasks/municipality_act.html", title=title, what=what, member=member,
        back=reverse("tasks:municipalities"),
    )  # fmt: skip
