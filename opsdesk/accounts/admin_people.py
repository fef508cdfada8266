"""An administrator's acts on one person: a start code on paper, the end of access, and its return."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.lib.refusal import Refusal

from . import people, startcodes
from .models import StartCode, User
from .request import Request
from .signins import forget_factors


class StartCodeForm(forms.Form):
    forget = forms.BooleanField(
        label=gettext_lazy("2段階認証の登録も消す（認証アプリをなくしたとき）"), required=False
    )


class DeactivateForm(forms.Form):
    """Who takes the open work over, if there is any."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("作業を引き継ぐ人"), queryset=User.objects.none(), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = User.objects.filter(is_active=True).exclude(pk=user.pk)
        self.fields["to"].queryset = others.order_by("organization__position", "kana", "login")  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def start_code(request: Request, pk: int, model_admin: Any) -> HttpResponse:
    """Ask, then issue, and show the slip: once, since only its hash is kept."""
    user = get_object_or_404(User, pk=pk)
    form = StartCodeForm(_data(request))
    if form.is_valid():
        try:
            code = startcodes.issue(user, by=request.user, at=request.now)
        except Refusal as no:
            return _back(request, user, str(no), messages.ERROR)
        if form.cleaned_data["forget"]:
            forget_factors(user, by=request.user, at=request.now)
        slip = {"person": user, "code": code, "start": StartCode.objects.filter(user=user).first()}
        return render(request, "accounts/slip.html", slip)
    return _page(request, model_admin, user, "admin/accounts/start_code.html", form, _("開始コードの発行"))


@require_http_methods(["GET", "POST"])
def deactivate(request: Request, pk: int, model_admin: Any) -> HttpResponse:
    """Ask, and where there is open work ask to whom it goes."""
    user = get_object_or_404(User, pk=pk)
    form = DeactivateForm(_data(request), user=user)
    if form.is_valid():
        try:
            people.deactivate(user, to=form.cleaned_data["to"], by=request.user, at=request.now)
        except people.StillBusy as busy:
            form.add_error("to", str(busy))
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            return _back(request, user, _("%(user)sさんの利用を止めました。") % {"user": user})
    return _page(request, model_admin, user, "admin/accounts/deactivate.html", form, _("利用の停止"))


@require_http_methods(["GET", "POST"])
def reactivate(request: Request, pk: int, model_admin: Any) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        try:
            people.reactivate(user, by=request.user, at=request.now)
        except Refusal as no:
            return _back(request, user, str(no), messages.ERROR)
        return _back(
            request,
            user,
            _("%(user)sさんの利用を再開しました。所属を登録し、開始コードを発行してください。")
            % {"user": user},
        )
    return _page(request, model_admin, user, "admin/accounts/reactivate.html", None, _("利用の再開"))


def _data(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def _page(
    request: Request, model_admin: Any, user: User, template: str, form: forms.Form | None, title: str
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": user,
        "form": form,
        "title": title,
        "subtitle": str(user),
    }
    return render(request, template, context, status=200)


def _back(request: Request, user: User, sentence: str, level: int = messages.SUCCESS) -> HttpResponse:
    messages.add_message(request, level, sentence)
    return redirect("admin:accounts_user_change", user.pk)
