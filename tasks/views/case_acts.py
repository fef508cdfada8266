"""Acts on a case as a whole, each a small page: withdraw, duplicate, add a step, whom it concerns, link."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.accounts.models import Organization
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from tasks import cases
from tasks.acting import CLOSE
from tasks.casepage import CasePage
from tasks.models import Case
from tasks.raising import members_on

from .case import case_or_404, page_of, show
from .case_notes import address
from .sending import acting_team

Act = Callable[[CasePage], str]


def act_on(
    request: Request,
    number: str,
    template: str,
    *,
    may: Callable[[CasePage], Any],
    act: Act,
    context: Callable[[CasePage], Mapping[str, Any]] = lambda _page: {},
) -> HttpResponse:
    """GET: the form. POST: `act`, which returns what to say; refused, the form comes back as it was typed."""
    page = page_of(request, case_or_404(request, number), typed=request.POST.dict())
    if not may(page):
        if not page.case.is_open:
            messages.error(request, _("この案件は終わっているので、この操作はできません。"))
            return redirect(address(number))
        raise PermissionDenied(_("この案件でこの操作をする権限がありません。"))
    if request.method == "POST":
        try:
            said = act(page)
        except Refusal as refusal:
            case = case_or_404(request, number)
            page = page_of(request, case, typed=request.POST.dict(), refusal=refusal)
        else:
            messages.success(request, said)
            return redirect(address(number))
    return show(request, page, template, context=context(page))


def reason_of(request: Request) -> str:
    return request.POST.get("reason", "")


def other_case(request: Request) -> Case:
    """The case that was named by its number, if the person reads it; Refusal if there is none."""
    typed = unicodedata.normalize("NFKC", request.POST.get("number", "")).strip().upper()
    sentence = _("案件の番号を INC-R8-0001 のように入力してください。")
    if typed:
        found = Case.objects.visible_to(request.user, request.today).filter(number=typed).first()
        if found is not None:
            return found
        sentence = _("%(number)s という案件は見つかりません。番号を確かめてください。") % {
            "number": typed[:40]
        }
    raise Refusal(sentence, errors={"number": sentence})


@allow(team_member, label=gettext_lazy("案件を取り下げる"))
@require_http_methods(["GET", "POST"])
def case_withdraw(request: Request, number: str) -> HttpResponse:
    """取り下げ, with a reason; its open steps go with it."""

    def act(page: CasePage) -> str:
        cases.withdraw(page.case, by=request.user, at=request.now, reason=reason_of(request))
        return _("%(number)s を取り下げました。") % {"number": number}

    return act_on(request, number, "tasks/case_withdraw.html", may=lambda page: page.may_give_up, act=act)


@allow(team_member, label=gettext_lazy("案件を重複として終える"))
@require_http_methods(["GET", "POST"])
def case_duplicate(request: Request, number: str) -> HttpResponse:
    """重複 of another case; who asked for this one follows that one."""

    def act(page: CasePage) -> str:
        of = other_case(request)
        try:
            cases.close_as_duplicate(
                page.case, of, by=request.user, at=request.now, reason=reason_of(request)
            )
        except Refusal as refusal:
            errors = {"number" if k == "of" else k: s for k, s in refusal.errors.items()}
            raise Refusal(str(refusal), errors=errors) from None
        return _("%(number)s と重複する案件として終えました。") % {"number": of.number}

    return act_on(request, number, "tasks/case_duplicate.html", may=lambda page: page.may_give_up, act=act)


@allow(team_member, label=gettext_lazy("案件に作業を追加する"))
@require_http_methods(["GET", "POST"])
def case_add(request: Request, number: str) -> HttpResponse:
    """Another of the choices of a step that was closed."""

    def act(page: CasePage) -> str:
        chosen = request.POST.get("choice", "")
        found = next((of for of in page.additions if f"{of[0].pk}-{of[1].target_key}" == chosen), None)
        if found is None:
            sentence = _("追加する作業を選んでください。")
            raise Refusal(sentence, errors={"choice": sentence})
        step, edge = found
        team = acting_team(request, page.own(step, CLOSE)[:1])
        cases.add_choice(
            step, edge.target_key, by=request.user, team=team, at=request.now, reason=reason_of(request)
        )
        return _("作業を追加しました。")

    def context(page: CasePage) -> dict[str, Any]:
        return {
            "choices": [
                {"value": f"{s.pk}-{e.target_key}", "line": page.line(e.target_key), "after": s}
                for s, e in page.additions
            ]
        }

    return act_on(
        request, number, "tasks/case_add.html", may=lambda page: page.additions, act=act, context=context
    )


@allow(team_member, label=gettext_lazy("案件の関係団体を変える"))
@require_http_methods(["GET", "POST"])
def case_concerns(request: Request, number: str) -> HttpResponse:
    """Whom it concerns from now on."""

    def act(page: CasePage) -> str:
        codes = request.POST.getlist("concerns")
        teams = page.concern_changers
        cases.change_concerns(
            page.case, by=request.user, at=request.now, reason=reason_of(request),
            team=acting_team(request, teams if request.POST.get("team") else teams[:1]),
            concerns=members_on(request.today, codes),
        )  # fmt: skip
        return _("関係団体を変更しました。")

    def context(page: CasePage) -> dict[str, Any]:
        typed, now = request.POST.getlist("concerns"), {o.code for o in page.concerned}
        chosen = set(typed) if request.method == "POST" else now
        return {"towns": [(o, o.code in chosen) for o in towns(request)]}

    return act_on(
        request, number, "tasks/case_concerns.html", may=lambda page: page.concern_changers, act=act,
        context=context,
    )  # fmt: skip


def towns(request: Request) -> list[Organization]:
    return members_on(request.today)


@allow(team_member, label=gettext_lazy("案件を関連付ける"))
@require_http_methods(["GET", "POST"])
def case_link(request: Request, number: str) -> HttpResponse:
    """This case becomes a source of another one that goes on."""

    def act(page: CasePage) -> str:
        to = other_case(request)
        try:
            cases.link(to, page.case, by=request.user, at=request.now)
        except Refusal as refusal:
            raise Refusal(str(refusal), errors={"number": str(refusal)}) from None
        return _("%(number)s に関連付けました。") % {"number": to.number}

    return act_on(request, number, "tasks/case_link.html", may=lambda page: page.may_link, act=act)
