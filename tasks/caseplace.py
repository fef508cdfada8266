"""Where the page of a case is: of its kind, where an app above has one, else the common one."""

from django.urls import reverse

from . import kinds
from .models import Case


def address(case: Case) -> str:
    """The address of the page of the case."""
    page = kinds.of(case.kind).page
    return page(case) if page is not None else reverse("tasks:case", args=[case.number])
