"""Commands on evidence: attach a file, withdraw a wrong one (its content goes, a tombstone stays)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from raci.definition import definition_of
from raci.models import FieldKind

from .acting import COMMENT, FILL, authorize, locked, own_teams
from .closing import proxy_data
from .commenting import audience_of
from .filling import editable
from .indexing import note_file
from .models import Attachment, Audience, Task
from .restricted import hidden_from, restricted
from .uploads import judge, refuse_size

FILES_LIMIT = 50


@command
def attach(
    task: Task,
    *,
    by: Any,
    team: Team,
    at: datetime,
    file: Any,
    field_key: str = "",
    audience: str = "",
    reason: str = "",
) -> Attachment:
    """Keep `file` (with name, size and read()) as evidence; `field_key` says which field it answers.

    Raises Refusal if its content is none of the accepted kinds, or too big. The same file twice is one.
    """
    task = locked(task, at=at)
    marks = FILL if field_key or reason.strip() else COMMENT  # the union gives a reason (代行)
    is_raised = _is_raised_with(task, by, team, at)
    proxy = False if is_raised else authorize(task, by=by, team=team, at=at, marks=marks, reason=reason)
    if field_key:
        _require_field(task, team, field_key, is_raised=is_raised)
    refuse_size(file)
    upload = judge(file.name, file.read())
    digest = hashlib.sha256(upload.content).hexdigest()
    there = task.attachments.filter(withdrawn_at=None)
    chosen, organization = audience_of(task, team, audience)
    same = there.filter(sha256=digest, name=upload.name, field_key=field_key)
    if twice := same.filter(audience=chosen, organization=organization).first():
        return twice
    if there.count() >= FILES_LIMIT:
        raise Refusal(_("一つの作業に付けられるファイルは %(limit)s 件までです。") % {"limit": FILES_LIMIT})
    attachment = Attachment(
        task=task, field_key=field_key, name=upload.name, content_type=upload.content_type,
        size=len(upload.content), sha256=digest, audience=chosen, organization=organization, team=team,
        by=by, at=at,
    )  # fmt: skip
    attachment.file.save(
        f"{digest[:32]}.{upload.name.rpartition('.')[2]}", ContentFile(upload.content), save=False
    )
    attachment.save(force_insert=True)
    note_file(attachment)
    record(
        "task.attached", task, by=by, team=team, at=at, stream=task.organization.code,
        attachment=attachment.pk, sha256=digest, audience=chosen, **_shown_name(attachment),
        **proxy_data(proxy, reason),
    )  # fmt: skip
    return attachment


def _is_raised_with(task: Task, by: Any, team: Team, at: datetime) -> bool:
    """Whether it belongs to the act of raising the case: then it is the raiser's, whatever mark it has."""
    case = task.case
    return case is not None and (case.raised_by_id, case.raised_for_id, case.raised_at) == (
        by.pk,
        team.pk,
        at,
    )


def _require_field(task: Task, team: Team, key: str, *, is_raised: bool) -> None:
    fields = definition_of(task.duty_id).fields
    if not any(f.key == key and f.kind == FieldKind.FILE for f in fields):
        raise Refusal(_("この作業にファイルの項目はありません。"))
    is_closed_to = task.is_open and not is_raised and key not in editable(task, team)
    if key in hidden_from(task, team) or is_closed_to:
        raise PermissionDenied(_("この項目は記入できません。"))


def _shown_name(attachment: Attachment) -> dict[str, str]:
    """The history is read by everybody who sees the task: it names only files that they may all read."""
    closed = {row.key for row in restricted(attachment.task.duty_id)} if attachment.task else set()
    is_open = attachment.audience == Audience.ALL and attachment.field_key not in closed
    return {"name": attachment.name} if is_open else {}


@command
def withdraw(attachment: Attachment, *, by: Any, team: Team, at: datetime, reason: str) -> Attachment:
    """Take a wrong file back: the row stays with who, when and why, its content is deleted after the commit.

    By the team that attached it; raises Refusal without a reason.
    """
    if attachment.task is None:
        raise PermissionDenied(_("このファイルを取り消せるのは、付けた担当だけです。"))
    locked(attachment.task, at=at)
    row = (
        Attachment.objects.select_for_update(of=("self",))
        .select_related("task__organization", "task__duty")
        .get(pk=attachment.pk)
    )
    task = attachment.task
    if team.pk != row.team_id or team not in own_teams(task, by, timezone.localdate(at), COMMENT):
        raise PermissionDenied(_("このファイルを取り消せるのは、付けた担当だけです。"))
    if row.withdrawn_at is not None:
        raise Refusal(_("このファイルはすでに取り消されています。"))
    if not reason.strip():
        sentence = _("取り消す理由を入力してください。")
        raise Refusal(sentence, errors={"reason": sentence})
    storage, stored = row.file.storage, str(row.file.name)
    row.file, row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = "", at, by, reason
    row.save(update_fields=["file", "withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    note_file(row)
    transaction.on_commit(lambda: storage.delete(stored))
    record(
        "task.evidence_withdrawn", task, by=by, team=team, at=at, stream=task.organization.code,
        attachment=row.pk, sha256=row.sha256, reason=reason, **_shown_name(row),
    )  # fmt: skip
    return row
