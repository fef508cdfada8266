"""The command that writes a comment, and who may be its audience."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from .acting import COMMENT, authorize
from .answers import TEXT_LIMIT
from .models import Audience, Comment, Task

#: The same words by the same person within this time are one comment sent twice.
TWICE = timedelta(minutes=1)
#: Duties (by key) whose comments are 内部 unless the writer says otherwise.
INTERNAL_KEYS = frozenset({24, 55})


@command
def comment(task: Task, *, by: Any, team: Team, at: datetime, text: str, audience: str = "") -> Comment:
    """Write `text` for `audience` (empty: the team's preset). Raises Refusal if it is empty or too long."""
    task = Task.objects.select_related("duty", "organization").get(pk=task.pk)
    authorize(task, by=by, team=team, at=at, marks=COMMENT)
    if not text.strip():
        raise Refusal(_("コメントを入力してください。"), errors={"text": _("コメントを入力してください。")})
    if len(text) > TEXT_LIMIT or "\0" in text:
        sentence = _("コメントは %(limit)s 文字以内の文字で入力してください。") % {"limit": f"{TEXT_LIMIT:,}"}
        raise Refusal(sentence, errors={"text": sentence})
    chosen, organization = audience_of(task, team, audience)
    twice = task.comments.filter(by=by, text=text, audience=chosen, at__gt=at - TWICE).first()
    if twice is not None:
        return twice
    written = Comment.objects.create(
        task=task, text=text, audience=chosen, organization=organization, team=team, by=by, at=at
    )
    record(
        "task.commented", task, by=by, team=team, at=at, stream=task.organization.code,
        comment=written.pk, audience=chosen,
    )  # fmt: skip
    return written


def audiences_for(task: Task, team: Team) -> list[Audience]:
    """What `team` may choose, the preset first: a municipality writes 団体限り, duties 24 and 55 内部."""
    is_own = task.organization.kind == Organization.Kind.MEMBER
    if team.role.kind == Organization.Kind.MEMBER:
        return [Audience.MEMBER, Audience.ALL]
    found = [Audience.ALL, *([Audience.MEMBER] if is_own else []), Audience.INTERNAL]
    return sorted(found, key=lambda a: a != Audience.INTERNAL) if task.key in INTERNAL_KEYS else found


def audience_of(task: Task, team: Team, audience: str) -> tuple[str, Organization | None]:
    """The audience, checked, and the municipality of 団体限り."""
    allowed = audiences_for(task, team)
    chosen = audience or allowed[0]
    if chosen not in allowed:
        raise Refusal(
            _("公開範囲を選び直してください。"), errors={"audience": _("公開範囲を選び直してください。")}
        )
    if chosen != Audience.MEMBER:
        return chosen, None
    return chosen, team.organization if team.role.kind == Organization.Kind.MEMBER else task.organization
