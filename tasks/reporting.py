"""Question: what a report begins with: who reports, by which way, and the finding that it comes from."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from raci.models import CaseKind, Duty, Edition
from raci.outline import outline_of

from .answers import choices_of
from .filling import reading_of
from .models import Case, Outcome, Task
from .models.case import CaseQuerySet
from .raising import fields_asked, is_reported
from .words import period_short

#: The way in which what is written here came, if the duty asks that.
ON_SCREEN = "画面"


def reports(edition: Edition) -> list[Duty]:
    """The duties that anybody may report, the incidents first."""
    lines = (line.duty for line in outline_of(edition.pk).lines.values() if is_reported(line.duty))
    return sorted(lines, key=lambda duty: duty.case_kind != CaseKind.INCIDENT)


def may_report(task: Task) -> bool:
    """異常あり on a scheduled task offers the incident."""
    return task.case_id is None and task.state == Task.State.DONE and task.outcome == Outcome.ABNORMAL


def reported_from(task: Task) -> CaseQuerySet:
    """The cases that came from the finding."""
    return Case.objects.filter(sources__task=task).order_by("pk")


def start_of(duty: Duty, team: Team, by: Any, task: Task | None, today: date) -> dict[str, Any]:
    """What the form begins with: {"title", "answers", "concerns"}; answers by fields of the usual names."""
    answers: dict[str, Any] = {"caller": f"{team} {by}"}
    found: dict[str, Any] = {"answers": answers}
    for f in fields_asked(duty):
        if ON_SCREEN in choices_of(f.row):
            answers[f.key] = ON_SCREEN
    if task is not None:
        found["title"] = _("%(work)s %(period)s: 異常あり") % {
            "work": task.duty.work.partition("(")[0],
            "period": period_short(task, today),
        }
        found["concerns"] = [task.organization.code] if _is_own(task) else []
        answers["content"] = content_of(task, today)
        if task.closed_at:
            answers["noticed_at"] = timezone.localtime(task.closed_at).strftime("%Y-%m-%dT%H:%M")
    keys = {f.key for f in fields_asked(duty)}
    found["answers"] = {key: value for key, value in answers.items() if key in keys}
    return found


def _is_own(task: Task) -> bool:
    return task.organization.kind == Organization.Kind.MEMBER


def content_of(task: Task, today: date) -> str:
    """The findings and the remark of a closed task, a line each."""
    findings = reading_of(task, {}, today).findings.values()
    return "\n".join([*findings, *([task.remark] if task.remark else [])])
