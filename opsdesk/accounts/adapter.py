"""Sign-in as this house wants it: nobody signs up alone, limits go by account, messages are in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from . import people
from .models import User
from .request import Request
from .signins import note
from .words import folded

#: What is said after a step; steps that are not here say nothing.
MESSAGES = {
    "account/messages/password_changed.txt": _(
        "パスワードを変えました。ほかの端末では、もう一度サインインします。"
    ),
    "account/messages/logged_out.txt": _("サインアウトしました。"),
    "mfa/messages/totp_activated.txt": _("認証アプリを登録しました。"),
    "mfa/messages/totp_deactivated.txt": _("認証アプリの登録を消しました。"),
    "mfa/messages/recovery_codes_generated.txt": _("予備コードを作りました。前のものは使えません。"),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("この利用者は使えません。管理者に連絡してください。"),
        "username_password_mismatch": _("ログインIDかパスワードがちがいます。"),
        "too_many_login_attempts": _(
            "続けてまちがえたため、しばらくサインインできません。5分たってから試してください。"
        ),
        "rate_limited": _("続けてまちがえたため、しばらく使えません。5分たってから試してください。"),
        "enter_current_password": _("いまのパスワードがちがいます。"),
        "incorrect_password": _("パスワードがちがいます。"),
        "incorrect_code": _("確認コードがちがいます。"),
    }

    def is_open_for_signup(self, request: Request) -> bool:
        return False

    def add_message(
        self,
        request: Request,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        sentence = message or MESSAGES.get(message_template or "")
        if sentence:
            messages.add_message(request, level, str(sentence), extra_tags=extra_tags)

    def _get_login_attempts_cache_key(self, request: Request, **credentials: Any) -> str:
        """By the login alone: neither the address, which a whole union shares, nor the host's name."""
        return folded(credentials.get("username") or "").lower()

    def authentication_failed(self, request: Request, **credentials: Any) -> None:
        """Keep the failure of somebody we know; other logins are not kept, they may be mistyped passwords."""
        user = User.objects.filter(login=credentials.get("username")).first()
        if user:
            note("account.sign_in_failed", user, by=None, at=request.now)

    def post_login(self, request: Request, user: User, **hooks: Any) -> HttpResponse:
        response = super().post_login(request, user, **hooks)
        note("account.signed_in", user, by=user, at=request.now)
        return response

    def logout(self, request: Request) -> None:
        user = request.user
        super().logout(request)
        if user.is_authenticated:
            note("account.signed_out", user, by=user, at=request.now)

    def set_password(self, user: User, password: str) -> None:
        people.set_password(user, password, by=user, at=context.request.now)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nobody needs an address of mail here; history tells what was changed."""


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "確認コードがちがいます。時刻が合っているか確かめ、新しい6桁の数字を入れてください。"
        ),
        "cannot_generate_recovery_codes": _("先に認証アプリを登録してください。"),
        "cannot_delete_authenticator": _("この登録は消せません。"),
    }

    def get_totp_label(self, user: User) -> str:
        return user.get_username()
