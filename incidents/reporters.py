"""Questions about a 障害報告書: which step sends it, who writes it, who sends it, from what it is made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from raci.definition import definition_of
from raci.models import FieldKind
from tasks.acting import CLOSE, FILL, main_teams, own_teams, proxy_teams
from tasks.kinds import Offer
from tasks.models import Audience, Case, Comment, Task

from .models import Incident
from .reportdraft import Sources

#: The key of the file field that a step has which sends the report, whatever its number.
FIELD = "incident_report"


def sends_report(step: Task) -> bool:
    fields = definition_of(step.duty_id).fields
    return any(f.key == FIELD and f.kind == FieldKind.FILE for f in fields)


def step_of(steps: Sequence[Any]) -> Any:
    """The step of a case that sends the report, of those that stand; None before it is opened."""
    found = [s for s in steps if sends_report(s) and not s.is_withdrawn]
    return found[-1] if found else None


def writers(step: Task, user: Any, today: date, concerned: Collection[int] | None = None) -> list[Team]:
    """The user's teams that write it: they fill in the step (◎, ○); not a municipality on a common one."""
    if step.state == Task.State.SKIPPED:
        return []
    return [t for t in own_teams(step, user, today, FILL, concerned) if _is_at_home(t, step)]


def _is_at_home(team: Team, step: Task) -> bool:
    return team.role.kind != Organization.Kind.MEMBER or team.organization_id == step.organization_id


def senders(
    step: Task, user: Any, today: date, concerned: Collection[int] | None = None
) -> tuple[list[Team], bool]:
    """Teams for which the user closes or revises the step (◎), and whether that is 代行 by the union."""
    if step.state == Task.State.SKIPPED:
        return [], False
    if own := main_teams(step, own_teams(step, user, today, CLOSE, concerned)):
        return own, False
    return main_teams(step, proxy_teams(step, user, today)), True


def offer(step: Task, /, *, is_member: bool) -> Offer | None:
    """The way to the report from its step; for a municipality once it is sent."""
    if step.case is None or not sends_report(step) or step.state == Task.State.SKIPPED:
        return None
    if is_member and step.is_open:
        return None
    url = reverse("incidents:incident_report", args=[step.case.number])
    if step.is_open:
        hint = _("経過から障害報告書の下書きを作り、送ると、この作業が完了になります。")
    else:
        hint = _("送られた障害報告書は、画面でも読めます。")
    return Offer(url, _("障害報告書"), hint)


def sources_of(case: Case) -> Sources:
    """What the draft is made from; four statements."""
    steps = case.steps.filter(is_withdrawn=False).select_related("duty", "organization").order_by("pk")
    standing = list(steps)
    notes = Comment.objects.filter(audience=Audience.ALL).select_related("team__role").order_by("at", "pk")
    said = notes.filter(case=case) | notes.filter(task__in=[s.pk for s in standing])
    places = Organization.objects.filter(concerns__case=case).order_by("position", "pk")
    incident = Incident.objects.filter(case=case).first()
    return Sources(case, list(places), standing, list(said), incident)
