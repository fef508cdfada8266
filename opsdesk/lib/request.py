"""The request as it arrives in a view of the house: past the doors, with its one reading of the clock."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """For annotations only: what the middleware adds to Django's request."""

    user: Any  # somebody signed in; the door has seen to it
    now: datetime
    today: date
    htmx: "HtmxDetails"
