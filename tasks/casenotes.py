"""Commands that write into a case as a whole: a note of its timeline, a file, the situation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Team
from opsdesk.audit.models import Event
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from . import casetelling
from .acting import named, when
from .caseflow import concerned, lock, stream_of, tasks_of
from .casewriters import audience_of, is_internal, situation_writers, writers
from .commenting import TWICE, read_text
from .evidence import keep
from .indexing import note_comment
from .models import Attachment, Audience, Case, Comment, CommentKind

FILES_LIMIT = 200
#: The three questions of 現在の状況, in the order in which they stand.
SITUATION = ("now", "impact", "next")
SITUATION_LIMIT = 1000


@command
def note(
    case: Case,
    *,
    by: Any,
    team: Team,
    at: datetime,
    text: str,
    kind: str = CommentKind.PROGRESS,
    audience: str = "",
    corrects: Comment | None = None,
    files: Sequence[Any] = (),
) -> Comment:
    """Write `text` into the timeline for `audience` (empty: the preset), with `files`.

    `corrects`: a note of the same team that this one puts right; it is read by the same people. Raises
    Refusal (errors `text`, `kind`, `audience`, `file`) and PermissionDenied.
    """
    case = lock(case.pk)
    chosen, town = _audience(case, by, team, at, audience)
    text = read_text(text, field="text", empty=_("記録の内容を入力してください。"))
    if kind not in CommentKind.values:
        raise Refusal(_("種別を選び直してください。"), errors={"kind": _("種別を選び直してください。")})
    if corrects is not None:
        chosen, town = _as_before(case, corrects, team)
    twice = case.comments.filter(by=by, text=text, audience=chosen, corrects=corrects, at__gt=at - TWICE)
    if (same := twice.first()) is not None:
        return same
    for file in files:
        attach(case, by=by, team=team, at=at, file=file, audience=chosen)
    row = Comment.objects.create(
        case=case, kind=kind, text=text, audience=chosen, organization_id=town, corrects=corrects, team=team,
        by=by, at=at,
    )  # fmt: skip
    note_comment(row)
    casetelling.commented(case, row, by=by, at=at)
    record(
        "case.commented", case, by=by, team=team, at=at, stream=stream_of(case), comment=row.pk,
        audience=chosen,
    )  # fmt: skip
    return row


def _audience(case: Case, by: Any, team: Team, at: datetime, audience: str) -> tuple[str, int | None]:
    """For whom `team` writes; raises PermissionDenied if it doesn't write here at all."""
    today, whom = timezone.localdate(at), concerned(case)
    if team not in writers(case, by, today, whom):
        raise PermissionDenied(_("この案件に記録を書き込む権限がありません。"))
    internal = is_internal(tasks_of(case), team, by, today, whom)
    return audience_of(case, team, audience, whom, internal=internal)


def _as_before(case: Case, corrects: Comment, team: Team) -> tuple[str, int | None]:
    if corrects.case_id != case.pk or corrects.team_id != team.pk:
        raise PermissionDenied(_("訂正できるのは、その記録を書いた担当だけです。"))
    return corrects.audience, corrects.organization_id


@command
def attach(case: Case, *, by: Any, team: Team, at: datetime, file: Any, audience: str = "") -> Attachment:
    """Keep `file` (with name, size and read()) on the case. Raises Refusal as evidence.attach."""
    case = lock(case.pk)
    chosen, town = _audience(case, by, team, at, audience)
    row, is_new = keep(
        Attachment(case=case, audience=chosen, organization_id=town, team=team, by=by, at=at),
        file,
        among=case.attachments,
        most=FILES_LIMIT,
    )
    if is_new:
        names = {"name": row.name} if chosen == Audience.ALL else {}
        record(
            "case.attached", case, by=by, team=team, at=at, stream=stream_of(case), attachment=row.pk,
            sha256=row.sha256, audience=chosen, **names,
        )  # fmt: skip
    return row


@command
def situate(
    case: Case,
    *,
    by: Any,
    team: Team,
    at: datetime,
    situation: Mapping[str, str],
    version: int | None = None,
) -> Case:
    """Write 現在の状況 ({"now", "impact", "next"}), over the `version` of the case that the person saw.

    By ◎ and ○ of an open step; what stood there before stays in the timeline. Raises Refusal."""
    case = lock(case.pk)
    if not case.is_open:
        raise Refusal(_("終わった案件の状況は書き換えられません。"))
    if team not in situation_writers(tasks_of(case), by, timezone.localdate(at), concerned(case)):
        raise PermissionDenied(_("この案件の状況を書き換える権限がありません。"))
    if version is not None and version != case.version:
        raise _changed(case, at)
    words = {name: situation.get(name, "").strip() for name in SITUATION}
    if errors := _wrong(words):
        raise Refusal(_("入力内容を確認してください。"), errors=errors)
    if {name: case.situation.get(name, "") for name in SITUATION} == words:
        return case
    case.situation = words
    case.version += 1
    case.save(update_fields=["situation", "version"])
    record("case.situation", case, by=by, team=team, at=at, stream=stream_of(case), **words)
    return case


def _wrong(words: Mapping[str, str]) -> dict[str, str]:
    errors = {
        name: _("%(limit)s文字までで入力してください。") % {"limit": SITUATION_LIMIT}
        for name, text in words.items()
        if len(text) > SITUATION_LIMIT or "\0" in text
    }
    return errors if words["now"] or errors else {"now": _("「いま」を入力してください。")}


def _changed(case: Case, at: datetime) -> Refusal:
    last = Event.objects.about(case).first()
    return Refusal(
        _(
            "この案件は %(when)s に %(who)s が変更しました。"
            "入力した内容は残っています。確かめて、もう一度記録してください。"
        )
        % {
            "when": when(last.at, at) if last else "",
            "who": named((last and last.actor_name) or _("システム"), last and last.team_name),
        }
    )
