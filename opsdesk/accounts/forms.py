"""The forms of signing in; full-width letters and digits are read as half-width."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from .models import User
from .words import folded


class LoginForm(account.LoginForm):
    def clean_login(self) -> str:
        return folded(self.cleaned_data["login"]).lower()


class FoldedCode:
    """Reads the code of an app in full-width digits as well."""

    def clean_code(self) -> str:
        self.cleaned_data["code"] = folded(self.cleaned_data["code"])  # type: ignore[attr-defined]
        return super().clean_code()  # type: ignore[misc]


class AuthenticateForm(FoldedCode, mfa.AuthenticateForm):
    pass


class ReauthenticateForm(FoldedCode, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(FoldedCode, totp.ActivateTOTPForm):
    pass


class StartForm(forms.Form):
    """Login and start code."""

    login = forms.CharField(
        label=_("ログインID"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("開始コード"),
        max_length=40,
        help_text=_("紙に書かれた12文字。大文字と小文字、全角と半角、ハイフンの有無は問いません。"),
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_login(self) -> str:
        return folded(self.cleaned_data["login"]).lower()


class OwnPasswordForm(forms.Form):
    """The own password, twice; `user` is who it is for."""

    password1 = forms.CharField(
        label=_("自分のパスワード"),
        strip=False,
        help_text=_("12文字以上。日本語の文でもかまいません。"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("もう一度"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password1(self) -> str:
        validate_password(self.cleaned_data["password1"], self.user)
        return self.cleaned_data["password1"]

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or self.cleaned_data
        if values.get("password1") and values.get("password2") and values["password1"] != values["password2"]:
            self.add_error("password2", _("二つのパスワードがちがいます。"))
        return values
