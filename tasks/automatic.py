"""Commands that a machine gives on a scheduled task, for the team with ◎: close it, or note what was said.

`by` is the robot: a user who never signs in, so that records say who it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team, User
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from raci.definition import definition_of
from raci.models import Sharing

from . import closing
from .acting import locked, main_teams, require_open, store
from .evidence import FILES_LIMIT, keep
from .models import Attachment, Task

ROBOT = "robot"


def robot() -> User:
    """Who does what no person did: no password, no membership, not active."""
    fields = {"name": _("自動記録"), "is_active": False}
    return User.objects.get_or_create(login=ROBOT, defaults=fields)[0]


def main_team(task: Task, at: datetime) -> Team | None:
    """The team with ◎ for which a machine acts: of a municipality's task the municipality's own."""
    rows = Team.objects.on(timezone.localdate(at)).filter(role__in=definition_of(task.duty_id).roles_with())
    if task.organization.kind == Organization.Kind.MEMBER:
        own = rows.filter(organization=task.organization)
        rows = own if own.exists() else rows.exclude(role__kind=Organization.Kind.MEMBER)
    return rows.select_related("role", "organization").first()


def closes_itself(task: Task) -> bool:
    """Whether a machine may close such a task: nobody signs it, and no municipality is asked about it."""
    return task.case_id is None and task.duty.sharing != Sharing.SIGNERS and not task.duty.is_acknowledged


@command
def close_by_system(
    task: Task, *, by: Any, team: Team, at: datetime, answers: Mapping[str, Any], file: Any, field_key: str
) -> Task:
    """Close the open task with `answers` and `file` (its log, None for none) as evidence.

    Raises Refusal as closing.close, too if a required field stays empty: then nothing is done."""
    task = _ready(task, team, at)
    if not closes_itself(task):
        raise Refusal(_("この作業は自動では完了にできません。人が確認してください。"))
    if file is not None and field_key:
        _attach(task, file, field_key, by=by, team=team, at=at)
    task = closing.finish(
        task, by=by, team=team, at=at, answers=answers, outcome="", remark=None, done_on=None, proxy=False,
        reason="",
    )  # fmt: skip
    if file is not None and not field_key:  # after it: a refused closing stores no file
        _attach(task, file, "", by=by, team=team, at=at)
    return task


@command
def note_by_system(
    task: Task, *, by: Any, team: Team, at: datetime, answers: Mapping[str, Any], file: Any, field_key: str
) -> Task:
    """Keep `answers` and `file` on the open task, as 途中保存: a person looks at it and closes it."""
    task = _ready(task, team, at)
    if file is not None:
        _attach(task, file, field_key, by=by, team=team, at=at)
    if answers:
        closing.refuse(closing.fill(task, team, answers, at).errors)
        task.saved_at = at
        store(task, "answers", "saved_at", at=at)
        record(
            "task.saved", task, by=by, team=team, at=at, stream=task.organization.code, fields=sorted(answers)
        )
    return task


def _ready(task: Task, team: Team, at: datetime) -> Task:
    task = locked(task, at=at)
    require_open(task, at)
    if not main_teams(task, [team]):
        raise PermissionDenied(_("この作業でこの操作をする権限がありません。"))
    return task


def _attach(task: Task, file: Any, field_key: str, *, by: Any, team: Team, at: datetime) -> None:
    row = Attachment(task=task, field_key=field_key, team=team, by=by, at=at)
    attachment, is_new = keep(row, file, among=task.attachments, most=FILES_LIMIT)
    if is_new:
        record(
            "task.attached", task, by=by, team=team, at=at, stream=task.organization.code,
            attachment=attachment.pk, sha256=attachment.sha256, audience=attachment.audience,
            name=attachment.name,
        )  # fmt: skip
