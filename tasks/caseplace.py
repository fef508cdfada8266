"""Where the page of a case is: of its kind, where an app above has one, else the common one."""

from django.urls import NoReverseMatch, reverse

from . import kinds
from .models import Case


def address(case: Case) -> str:
    """The page of the case; the list that holds it where there is no page yet."""
    page = kinds.of(case.kind).page
    if page is not None:
        return page(case)
    try:
        return reverse("tasks:case", args=[case.number])
    except NoReverseMatch:
        return f"{reverse('tasks:cases')}?q={case.number}&state=any"
