"""Commands of a municipality on a published result: acknowledge it, ask; and the answer to its question."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from . import telling
from .acting import COMMENT, authorize, locked, named, when
from .commenting import read_text, write
from .models import Acknowledgement, Audience, Publication, Task


@command
def acknowledge(
    task: Task, *, by: Any, team: Team, at: datetime, version: int | None = None
) -> Acknowledgement:
    """確認した, for the municipality of `team`; `version` is the one that the person read.

    Raises Refusal if nothing is published for it, it was revised meanwhile, or somebody was faster."""
    task, row = _asked(task, by=by, team=team, at=at, version=version)
    given = {"acknowledged_at": at, "acknowledged_by": by, "acknowledged_for": team}
    if not Acknowledgement.objects.filter(pk=row.pk, acknowledged_at=None).update(**given):
        row.refresh_from_db()
        raise Refusal(
            _("%(when)s に %(who)s がすでに確認済みにしています。")
            % {
                "when": when(row.acknowledged_at, at) if row.acknowledged_at else "",
                "who": named(row.acknowledged_by, row.acknowledged_for),
            }
        )
    row.acknowledged_at, row.acknowledged_by, row.acknowledged_for = at, by, team
    record(
        "task.acknowledged", task, by=by, team=team, at=at, stream=task.organization.code,
        version=row.publication.version, organization=row.organization_id,
    )  # fmt: skip
    return row


@command
def ask(
    task: Task, *, by: Any, team: Team, at: datetime, text: str, version: int | None = None
) -> Acknowledgement:
    """質問する: a comment for the municipality, the vendors and the union, waiting for a reply.

    Raises Refusal as `acknowledge`, if there is nothing in `text`, or if a question still waits."""
    task, row = _asked(task, by=by, team=team, at=at, version=version)
    text = read_text(text, field="question", empty=_("質問を入力してください。"))
    if row.question_id is not None and row.reply_id is None:
        raise Refusal(_("前の質問に、まだ回答がありません。続きはコメントに書いてください。"))
    row.question = write(
        task, by=by, team=team, at=at, text=text, audience=Audience.MEMBER, organization=row.organization
    )
    row.reply = None
    row.save(update_fields=["question", "reply"])
    record(
        "task.asked", task, by=by, team=team, at=at, stream=task.organization.code,
        comment=row.question.pk, version=row.publication.version,
    )  # fmt: skip
    telling.commented(task, row.question, by=by, at=at, code="task.asked")
    return row


@command
def answer(question: Acknowledgement, *, by: Any, team: Team, at: datetime, text: str) -> Acknowledgement:
    """回答する, for a vendor or the union with a mark on the task: a comment for whom asked.

    Raises Refusal if somebody has answered already."""
    task = locked(question.publication.task, at=at)
    row = (
        Acknowledgement.objects.select_for_update(of=("self",))
        .select_related("organization", "question", "reply__by", "reply__team")
        .get(pk=question.pk)
    )
    authorize(task, by=by, team=team, at=at, marks=COMMENT)
    if team.role.kind == Organization.Kind.MEMBER:
        raise PermissionDenied(_("この作業でこの操作をする権限がありません。"))
    if row.question is None:
        raise Refusal(_("この質問は見つかりません。"))
    if row.reply is not None:
        raise Refusal(
            _("%(when)s に %(who)s がすでに回答しています。")
            % {"when": when(row.reply.at, at), "who": named(row.reply.by, row.reply.team)}
        )
    text = read_text(text, field=f"answer-{row.pk}", empty=_("回答を入力してください。"))
    row.reply = write(
        task, by=by, team=team, at=at, text=text, audience=Audience.MEMBER, organization=row.organization
    )
    row.save(update_fields=["reply"])
    record(
        "task.answered", task, by=by, team=team, at=at, stream=task.organization.code, comment=row.reply.pk
    )
    telling.answered(task, row.reply, by=by, at=at)
    return row


def _asked(
    task: Task, *, by: Any, team: Team, at: datetime, version: int | None
) -> tuple[Task, Acknowledgement]:
    """The locked task, and what its current publication asks of `team`'s municipality."""
    task = locked(task, at=at)
    authorize(task, by=by, team=team, at=at, marks=COMMENT)
    current = Publication.objects.filter(task=task, is_current=True).first()
    if current is None:
        raise Refusal(_("公開が取り下げられています。いまは確認するものがありません。"))
    if version is not None and version != current.version:
        raise Refusal(
            _("第%(version)s版に改訂されています。内容を確かめて、もう一度お願いします。")
            % {"version": current.version}
        )
    row = (
        current.acknowledgements.select_for_update(of=("self",))
        .select_related("publication", "organization", "acknowledged_by", "acknowledged_for")
        .filter(organization=team.organization_id)
        .first()
    )
    if row is None or team.role.kind != Organization.Kind.MEMBER:
        raise PermissionDenied(_("この作業の確認を求められている団体ではありません。"))
    return task, row
