"""The request as it arrives in a view of the house: past the doors, with its one reading of the clock."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


#: Digits of the largest number that a column of ours holds, less one.
MOST_DIGITS = 18


class Request(HttpRequest):
    """For annotations only: what the middleware adds to Django's request."""

    user: Any  # somebody signed in; the door has seen to it
    now: datetime
    today: date
    htmx: "HtmxDetails"


def whole_number(text: str) -> int | None:
    """`text` from an address or a form as a number that a database can hold; None if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
