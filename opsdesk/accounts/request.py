"""The request as views get it: with the user, and the clock read once by DoorMiddleware. For annotations."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    now: datetime  # aware
    today: date  # in Japan
    htmx: HtmxDetails
    user: Any  # User, or AnonymousUser behind a door for everyone
