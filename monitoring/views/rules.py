"""ログのルール: which lines of logs are an alert."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from monitoring.intake_forms import RuleForm
from monitoring.models import LogRule
from monitoring.reach import editors
from monitoring.registry import keep
from monitoring.unknowntable import RuleFilter, RuleTable
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.listing import list_page
from opsdesk.lib.request import Request

from .unknown import editing_team, require_reader


@allow(team_member, label=gettext_lazy("ログのルールの一覧"))
@require_GET
def rules(request: Request) -> HttpResponseBase:
    """The rules; `?export=xlsx` gives the same rows."""
    require_reader(request)
    is_editor = bool(editors(request.user, request.today))
    return list_page(
        request,
        LogRule.objects.select_related("device"),
        RuleFilter,
        RuleTable,
        title=_("ログのルール"),
        template="monitoring/rules.html",
        filename="log-rules",
        context={"is_editor": is_editor},
        is_editor=is_editor,
    )


@allow(team_member, label=gettext_lazy("ログのルールを登録する"))
@require_http_methods(["GET", "POST"])
def rule_add(request: Request) -> HttpResponse:
    """A new rule."""
    return _edited(request, LogRule(), _("ログのルールの登録"), _("登録する"))


@allow(team_member, label=gettext_lazy("ログのルールを変更する"))
@require_http_methods(["GET", "POST"])
def rule(request: Request, pk: int) -> HttpResponse:
    """A rule, to be changed."""
    require_reader(request)
    found = get_object_or_404(LogRule, pk=pk)
    return _edited(request, found, _("ログのルール: %(name)s") % {"name": found}, _("保存する"))


def _edited(request: Request, found: LogRule, title: str, submit: str) -> HttpResponse:
    require_reader(request)
    editing_team(request)
    form = RuleForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        keep(form.instance, by=request.user, at=request.now)
        messages.success(request, _("ルールを保存しました。"))
        return redirect("monitoring:rules")
    back = reverse("monitoring:rules")
    crumbs = [(_("警報"), reverse("monitoring:alerts")), (_("ログのルール"), back)]
    context = {"form": form, "title": title, "submit": submit, "back": back, "crumbs": crumbs}
    return render(request, "ui/form_page.html", context, status=422 if form.errors else 200)
