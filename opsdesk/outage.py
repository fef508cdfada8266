"""When the database is not there: a page and a sentence in words, never a traceback."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import defaults

RETRY_AFTER = 30  # seconds


def sentence(error: Exception) -> str:
    """What a person at the command line reads when the database refused to answer with `error`."""
    database = settings.DATABASES["default"]
    place = database["NAME"] if settings.EMBEDDED else f"{database['HOST']}:{database['PORT'] or 5432}"
    reason = next(iter(str(error).strip().splitlines()), "")
    return _(
        "データベース（%(place)s）が使えません。動いているか、環境変数 DATABASE_URL が正しいか、"
        "確かめてください。初めて使うときは manage.py migrate を実行してください。（原因: %(reason)s）"
    ) % {"place": place, "reason": reason}


def unavailable() -> HttpResponse:
    """The page of a database that does not answer; it asks the database nothing itself."""
    page = render_to_string("503.html", {"retry_after": RETRY_AFTER})
    return HttpResponse(
        page, status=503, headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    )


class OutageMiddleware:
    """Answers a view that lost its database with the 503 page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return unavailable() if isinstance(error, OperationalError | InterfaceError) else None


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: middleware that lost the database gets the 503 page, every other fault the 500 page."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable()
    return defaults.server_error(request)
