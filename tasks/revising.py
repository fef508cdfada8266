"""The command that revises what a task published (改訂): a new version, the old kept, acknowledged anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from raci.definition import definition_of
from raci.models import Mark, Sharing

from . import telling
from .acting import CLOSE, authorize, locked, main_teams, require_version, store
from .closing import fill, need_reason, proxy_data, refuse
from .filling import task_fields
from .models import Attachment, Audience, Outcome, Publication, Task
from .publishing import publish
from .wishes import open_wishes


@command
def revise(
    task: Task,
    *,
    by: Any,
    team: Team,
    at: datetime,
    answers: Mapping[str, Any],
    reason: str,
    settles: Collection[int] = (),
    version: int | None = None,
) -> Publication:
    """改訂する for `team`, which has ◎: the task stays closed, its answers and files become the next version.

    A file attached to a field since the last version replaces that field's. `settles`: ids of tasks whose
    wishes this answers. Raises Refusal with errors by field, if nothing is published, or nothing changed."""
    task = locked(task, at=at)
    current = task.publications.filter(is_current=True).first()
    if current is None:
        raise Refusal(_("公開された結果がないため、改訂できません。"))
    require_version(task, version, at)
    proxy = authorize(task, by=by, team=team, at=at, marks=CLOSE, reason=reason)
    _require_reviser(task, team)
    need_reason(reason, _("改訂の理由を入力してください。"))
    files = revised_files(current)
    reading = fill(task, team, answers, at, is_revision=True, files=_places(files))
    refuse({**reading.errors, **reading.missing})
    ids = sorted(f.pk for f in files)
    if task.answers == current.answers and ids == current.files:
        raise Refusal(_("第%(version)s版から変わったところがありません。") % {"version": current.version})
    if reading.findings:  # it may be raised, never lowered
        task.outcome = Outcome.ABNORMAL
    store(task, "answers", "outcome", at=at)
    settled = sorted(set(settles) & {w.pk for w in open_wishes(task)})
    publication = publish(
        task, by=by, team=team, at=at, is_proxy=proxy, files=ids, reason=reason, settles=settled
    )
    record(
        "task.revised", task, by=by, team=team, at=at, stream=task.organization.code,
        version=publication.version, reason=reason, fields=_changed(task, current, ids), settles=settled,
        **({"proxy": True} if proxy_data(proxy, reason) else {}),
    )  # fmt: skip
    telling.proxied("revised", task, by=by, team=team, at=at, is_proxy=proxy, reason=reason)
    return publication


def why_not_revise(task: Task) -> str:
    """Why a published result can't be revised, whoever asks; "" if it can."""
    if task.duty.sharing == Sharing.SIGNERS:
        return _("署名で完了した作業は改訂できません。取り消して、もう一度署名してください。")
    return ""


def _require_reviser(task: Task, team: Team) -> None:
    if sentence := why_not_revise(task):
        raise Refusal(sentence)
    if not main_teams(task, [team]):
        raise PermissionDenied(_("改訂できるのは主担当(◎)だけです。"))


def revised_files(current: Publication) -> list[Attachment]:
    """The files of the next version: those of `current` that stand; a field's newer ones replace its old."""
    rows = current.task.attachments.filter(withdrawn_at=None, audience=Audience.ALL)
    rows = rows.select_related("team__role").order_by("pk")
    kept = [f for f in rows if f.pk in current.files]
    known = {pk for p in current.task.publications.all() for pk in p.files}
    new = [f for f in rows if f.pk not in known and f.at >= current.published_at and _is_ours(f, current)]
    replaced = {f.field_key for f in new if f.field_key}
    return [f for f in kept if f.field_key not in replaced] + new


def _is_ours(file: Attachment, current: Publication) -> bool:
    """By a team with ◎, or in a field by somebody who fills it in; what a municipality sends is not ours."""
    role = file.team.role
    if definition_of(current.task.duty_id).mark_of(role.pk) == Mark.MAIN:
        return True
    return bool(file.field_key) and role.kind != Organization.Kind.MEMBER


def _places(files: Iterable[Attachment]) -> frozenset[str]:
    return frozenset(f.field_key for f in files)


def _changed(task: Task, before: Publication, files: list[int]) -> list[str]:
    """Labels of the fields that are not what they were."""
    found = [f.row.label for f in task_fields(task) if task.answers.get(f.key) != before.answers.get(f.key)]
    return [*found, *([_("ファイル")] if files != before.files else [])]
