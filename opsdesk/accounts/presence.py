"""How long a session still lasts: it is renewed by use, but written no more often than every ten minutes."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse

from .request import Request

RENEW = 600  # seconds
SEEN = "seen"  # the session's key: when it was renewed last, else it counts from the sign-in


class PresenceMiddleware:
    """Renews the session of somebody who uses it; stands inside DoorMiddleware, which reads the clock."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        user = request.user
        is_known = user.is_authenticated
        request.user = getattr(user, "_wrapped", user)  # a lazy one costs at every look, and many follow
        if is_known and age(request) >= RENEW:
            request.session[SEEN] = int(request.now.timestamp())
        return self.get_response(request)


def age(request: Request) -> int:
    """Seconds since the session of the signed-in person was renewed."""
    seen = request.session.get(SEEN) or (request.user.last_login and request.user.last_login.timestamp()) or 0
    return int(request.now.timestamp() - seen)


def remaining(request: Request) -> int:
    """Seconds until the session ends unless it is used."""
    return max(0, settings.SESSION_COOKIE_AGE - age(request))
