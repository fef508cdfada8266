"""Commands on evidence: attach a file, withdraw a wrong one (its content goes, a tombstone stays)."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
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
from .caseflow import concerned, lock, stream_of
from .casewriters import writers
from .closing import proxy_data
from .commenting import audience_of
from .filling import editable
from .indexing import note_file
from .models import Attachment, Audience, Case, Task
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
    chosen, organization = audience_of(task, team, audience)
    attachment, is_new = keep(
        Attachment(
            task=task,
            field_key=field_key,
            audience=chosen,
            organization=organization,
            team=team,
            by=by,
            at=at,
        ),
        file,
        among=task.attachments,
        most=FILES_LIMIT,
    )
    if not is_new:
        return attachment
    record(
        "task.attached", task, by=by, team=team, at=at, stream=task.organization.code,
        attachment=attachment.pk, sha256=attachment.sha256, audience=chosen, **_shown_name(attachment),
        **proxy_data(proxy, reason),
    )  # fmt: skip
    return attachment


def keep(attachment: Attachment, file: Any, *, among: Any, most: int) -> tuple[Attachment, bool]:
    """Store `file` under the unsaved row `attachment`, unless the same one stands `among` them already.

    The row, and whether it is new; Refusal if it is none of the accepted kinds, too big, or one too many.
    """
    refuse_size(file)
    upload = judge(file.name, file.read())
    digest = hashlib.sha256(upload.content).hexdigest()
    there = among.filter(withdrawn_at=None)
    same = there.filter(sha256=digest, name=upload.name, field_key=attachment.field_key)
    of = {"audience": attachment.audience, "organization": attachment.organization_id}
    if twice := same.filter(**of).first():
        return twice, False
    if there.count() >= most:
        raise Refusal(_("一か所に付けられるファイルは %(limit)s 件までです。") % {"limit": most})
    attachment.name, attachment.content_type = upload.name, upload.content_type
    attachment.size, attachment.sha256 = len(upload.content), digest
    stored = f"{digest[:32]}.{upload.name.rpartition('.')[2]}"
    attachment.file.save(stored, ContentFile(upload.content), save=False)
    attachment.save(force_insert=True)
    note_file(attachment)
    return attachment, True


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
    _lock_place(attachment, at)
    row = (
        Attachment.objects.select_for_update(of=("self",))
        .select_related("task__organization", "task__duty", "case__entry", "case__reporter")
        .get(pk=attachment.pk)
    )
    if team.pk != row.team_id or team not in attachers(row, by, timezone.localdate(at)):
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
    what, where, stream = _place_of(row)
    record(
        f"{what}.evidence_withdrawn", where, by=by, team=team, at=at, stream=stream, attachment=row.pk,
        sha256=row.sha256, reason=reason, **_shown_name(row),
    )  # fmt: skip
    return row


def _place_of(attachment: Attachment) -> tuple[str, Task | Case, str]:
    """What it is on (task or case), that, and the stream of its history."""
    if attachment.case is not None:
        return "case", attachment.case, stream_of(attachment.case)
    assert attachment.task is not None, "the database holds one of the two"
    return "task", attachment.task, attachment.task.organization.code


def _lock_place(attachment: Attachment, at: datetime) -> None:
    """The task or the case on which the file is, locked."""
    _what, where, _stream = _place_of(attachment)
    if isinstance(where, Case):
        lock(where.pk)
    else:
        locked(where, at=at)


def attachers(attachment: Attachment, user: Any, today: date) -> list[Team]:
    """The user's teams that attach files where this one is."""
    _what, where, _stream = _place_of(attachment)
    if isinstance(where, Case):
        return writers(where, user, today, concerned(where))
    return own_teams(where, user, today, COMMENT)
