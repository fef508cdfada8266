"""Deny by default: the middleware that asks each view's rule, and the list of all doors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import activate
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from .access import Label, Rule, administrator, everyone, nobody, signed_in
from .request import Request

logger = logging.getLogger(__name__)

#: Other people's views carry no mark: their rules, by the name of the address. What is not here is refused.
FOREIGN_DOORS: dict[str, Rule] = {
    "account_login": everyone,
    "account_logout": everyone,
    "account_inactive": everyone,
    "mfa_authenticate": everyone,  # the second step of signing in: nobody is signed in yet
    "account_reauthenticate": signed_in,
    "account_change_password": signed_in,
    "mfa_index": signed_in,
    "mfa_reauthenticate": signed_in,
    "mfa_activate_totp": signed_in,
    "mfa_deactivate_totp": signed_in,
    "mfa_view_recovery_codes": signed_in,
    "mfa_generate_recovery_codes": signed_in,
    "mfa_download_recovery_codes": signed_in,
    # Django admin has its own sign-in, without second factor and limits, and a way to any object
    "admin:login": nobody,
    "admin:password_change": nobody,
    "admin:password_change_done": nobody,
    "admin:view_on_site": nobody,
    "admin:logout": everyone,
}


def rule_of(view: Callable[..., Any], name: str) -> Rule | None:
    """The rule of a view: its mark, or for other people's views the table's; None: nobody thought of it."""
    rule: Rule | None = getattr(view, "door", None) or FOREIGN_DOORS.get(name)
    if rule is None and name.startswith("admin:"):
        return administrator
    if rule is None and (view.__module__ or "").startswith("allauth."):
        return nobody  # sign-up, mail, forgotten passwords by mail: not offered here
    return rule


class DoorMiddleware:
    """Refuses views without a mark, sends strangers to sign in, and reads the clock once a request."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        activate(settings.LANGUAGE_CODE)  # or Django looks for it at every word
        request.now = timezone.now()
        request.today = timezone.localdate(request.now)
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    def process_view(
        self, request: Request, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        rule = rule_of(view, name)
        if rule is None:
            logger.error("no door: %s (%s)", request.path, name)
            raise PermissionDenied
        if rule is nobody:
            raise Http404
        if rule(request):
            if not getattr(view, "reads_raw", False) and has_nul(request):
                raise BadRequest(_("使えない文字が入っています。入力し直してください。"))
            return None
        if not request.user.is_authenticated:
            return to_sign_in(request)
        raise PermissionDenied(_("この画面を開く権限がありません。"))


def has_nul(request: Request) -> bool:
    """Nobody types the character NUL, and PostgreSQL keeps no text with it."""
    return any(
        "\0" in part
        for query in (request.GET, request.POST)
        for name, values in query.lists()
        for part in (name, *values)
    )


def to_sign_in(request: Request) -> HttpResponse:
    """The way to the sign-in page and back to where the person was."""
    url = f"{reverse('account_login')}?{urlencode({'next': place(request)}, safe='/')}"
    return HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)


def place(request: Request) -> str:
    """The path of the page that the person looks at: a form's own page, not the address it was sent to."""
    if request.method == "GET" and not request.htmx:
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return "/"
    parts = urlsplit(page)
    return parts._replace(scheme="", netloc="", fragment="").geturl() or "/"


@dataclass(frozen=True)
class Door:
    """One address and who may use it."""

    route: str
    name: str
    rule: Rule | None
    label: Label
    view: Callable[..., Any]


def doors() -> Iterator[Door]:
    """Every address of the house with its rule, as the middleware would find it."""
    yield from _walk(get_resolver(), "", ())


def _walk(resolver: URLResolver, route: str, spaces: tuple[str, ...]) -> Iterator[Door]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            view = pattern.callback
            name = ":".join((*spaces, pattern.name or view.__name__))
            yield Door(here, name, rule_of(view, name), getattr(view, "door_label", ""), view)
        else:
            yield from _walk(pattern, here, (*spaces, pattern.namespace) if pattern.namespace else spaces)
