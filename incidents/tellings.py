"""Who is told what of an incident beyond its steps: judged again, half of its time, all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from opsdesk.accounts.models import Organization, Team
from opsdesk.notices.outbox import tell
from opsdesk.notices.words import Telling
from tasks.acting import named
from tasks.models import Case
from tasks.readers import OPENING, Reader, readers, with_marks

Data = Mapping[str, Any]
#: Of these levels people are told also after hours.
URGENT = ("1", "2")


def rejudged(case: Case, *, before: str, after: str, reason: str, by: Any, team: Team, at: datetime) -> None:
    """Those who have ◎ or ○ on an open step, the union, and the municipalities it concerns."""
    today = timezone.localdate(at)
    people = {r.user for r in concerned(case, readers(today))}
    for step in case.steps.open().filter(is_withdrawn=False).select_related("duty", "organization", "case"):
        people |= {r.user for r in with_marks(step, OPENING, today)}
    tell(
        "incident.rejudged", people - {getattr(by, "pk", None)}, obj=case, at=at,
        key=f"incident.rejudged:{case.pk}:{at:%Y%m%d%H%M%S}", is_urgent=after in URGENT,
        data={
            "number": case.number, "title": case.title, "before": before, "after": after,
            "reason": reason, "who": named(by, team),
        },
    )  # fmt: skip


def concerned(case: Case, people: Iterable[Reader]) -> list[Reader]:
    """The union's people and those of the municipalities that the case concerns."""
    towns = set(case.concerns.values_list("organization_id", flat=True))
    return [
        r for r in people if r.kind == Organization.Kind.UNION or (r.is_member and r.organization in towns)
    ]


def _case_page(object_id: str, data: Data) -> str:
    return reverse("tasks:case", args=[data["number"]])


def _said(sentence: str) -> Callable[[Data], str]:
    return lambda data: _(sentence) % {**data, "what": f"{data['number']} {data['title']}"}


def _rejudged_text(data: Data) -> str:
    return _("%(who)s 理由 %(reason)s") % data


def _step(data: Data) -> str:
    return _("No.%(step)s 期限 %(due)s") % data


TELLINGS = {
    "incident.rejudged": Telling(
        gettext_lazy("障害"),
        _said(gettext_noop("障害レベルがレベル%(before)sからレベル%(after)sに見直されました: %(what)s")),
        _case_page,
        _rejudged_text,
    ),
    "incident.half": Telling(
        gettext_lazy("障害"), _said(gettext_noop("目標時間の半分を過ぎました: %(what)s")), _case_page, _step
    ),
    "incident.over": Telling(
        gettext_lazy("障害"), _said(gettext_noop("目標時間を過ぎました: %(what)s")), _case_page, _step
    ),
}
