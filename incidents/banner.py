"""The banner of incidents of level 1, over every page until recovery is confirmed."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Exists
from django.utils.translation import gettext as _

from opsdesk.lib.request import Request
from tasks.caseplace import address

from .models import Incident

#: A banner says no more than this.
LETTERS = 30
#: And there are no more of them.
SHOWN = 5


class Alarm(NamedTuple):
    text: str
    url: str
    action: str


def is_there() -> Exists:
    """For the statement that reads the person of a request: whether any incident is alarming."""
    return Exists(Incident.objects.alarming())


def alarms(request: Request) -> list[Alarm]:
    """The banners on the pages of the request's person; one statement more, only while one alarms.

    A dashboard has read them with what goes on (board.ongoing): they stay on the user object."""
    user: Any = getattr(request, "user", None)
    if not getattr(user, "alarmed", False):
        return []
    rows = getattr(user, "_alarming", None)
    if rows is None:
        rows = Incident.objects.alarming().seen_from(user, request.today).select_related("case")
        rows = rows.order_by("raised_at", "pk")[:SHOWN]
    return [_alarm(incident) for incident in rows]


def _alarm(incident: Incident) -> Alarm:
    text = _("全面停止 %(title)s") % {"title": incident.case.title}
    short = text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"
    return Alarm(short, address(incident.case), _("%(number)s を開く") % {"number": incident.case.number})
