"""The first sign-in: a start code, the own password, and in."""

from __future__ import annotations

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from opsdesk.lib.refusal import Refusal

from . import startcodes
from .access import allow, everyone
from .forms import OwnPasswordForm, StartForm
from .models import StartCode
from .request import Request

ENTERED = "start_code"  # the session's key of the code that was entered


@allow(everyone, label=gettext_lazy("はじめてのサインイン"))
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("code")
def start(request: Request) -> HttpResponse:
    form = StartForm(request.POST or None, initial={"login": request.GET.get("login", "")})
    if form.is_valid():
        entered = _entered(request, form)
        if entered:
            request.session[ENTERED] = entered.pk
            return redirect("accounts:start_password")
    return render(request, "accounts/start.html", {"form": form})


def _entered(request: Request, form: StartForm) -> StartCode | None:
    """The code that was typed, or None and why in the form."""
    login = form.cleaned_data["login"]
    if not ratelimit.consume(request, action="start_code", key=login):
        form.add_error(None, _("続けてまちがえたため、しばらく使えません。5分たってから試してください。"))
        return None
    found = startcodes.enter(login, form.cleaned_data["code"], by=None, at=request.now)
    if found is None:
        form.add_error(
            None,
            _(
                "ログインIDか開始コードがちがうか、開始コードの期限（発行から72時間）が切れています。"
                "紙を見て入れ直すか、管理者に新しい開始コードの発行を依頼してください。"
            ),
        )
    return found


@allow(everyone, label=gettext_lazy("自分のパスワードを決める"))
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def start_password(request: Request) -> HttpResponse:
    entered = StartCode.objects.select_related("user").filter(pk=request.session.get(ENTERED, 0)).first()
    if entered is None or entered.used_at or entered.expires_at <= request.now:
        return redirect("accounts:start")
    form = OwnPasswordForm(request.POST or None, user=entered.user)
    if form.is_valid():
        try:
            user = startcodes.use(
                entered, password=form.cleaned_data["password1"], by=entered.user, at=request.now
            )
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            del request.session[ENTERED]
            return perform_login(request, user)
    return render(request, "accounts/start_password.html", {"form": form})
