"""Handing all open tasks of a person over to another (引き継ぎ)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, signed_in
from opsdesk.accounts.models import Membership, User
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from tasks import progress
from tasks.handover import may_hand_over, open_tasks_of
from tasks.models import Task


@allow(signed_in, label=gettext_lazy("引き継ぎ(管理者と、その担当の承認者)"))
@require_http_methods(["GET", "POST"])
def hand_over(request: Request, pk: int) -> HttpResponse:
    """Whose tasks, to whom. An administrator sees their number, the approver the tasks themselves."""
    person = get_object_or_404(User.objects.select_related("organization"), pk=pk)
    if not may_hand_over(person, request.user, request.today):
        raise PermissionDenied(_("引き継ぎができるのは、管理者とその担当の承認者です。"))
    teams = person.memberships.on(request.today).values("team")
    colleagues = Membership.objects.on(request.today).filter(team__in=teams)
    people = (
        User.objects.filter(is_active=True, memberships__in=colleagues)
        .exclude(pk=pk).distinct().order_by("kana", "login")
    )  # fmt: skip
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            chosen = request.POST.get("to", "")
            to = people.filter(pk=whole_number(chosen) or 0).first()
            if to is None and chosen != "nobody":
                raise Refusal(_("引き継ぐ相手を選んでください。"))
            moved = progress.hand_over(person, to=to, by=request.user, at=request.now)
        except Refusal as refusal:
            errors = [("#to", str(refusal))]
        else:
            messages.success(request, _("%(count)s件の作業を引き継ぎました。") % {"count": len(moved)})
            return redirect("tasks:hand_over", pk=pk)
    open_tasks = open_tasks_of(person)
    visible = open_tasks.filter(pk__in=Task.objects.visible_to(request.user, request.today).values("pk"))
    context = {
        "person": person,
        "people": people,
        "count": open_tasks.count(),
        "tasks": visible[:200],
        "errors": errors,
    }
    return render(request, "tasks/hand_over.html", context, status=409 if errors else 200)
