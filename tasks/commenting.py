"""The command that writes a comment, and who may be its audience."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from raci.models import CommentAudience

from . import telling
from .acting import COMMENT, authorize
from .answers import TEXT_LIMIT
from .forms import Choice
from .indexing import note_comment
from .models import Audience, Comment, Task

#: The same words by the same person within this time are one comment sent twice.
TWICE = timedelta(minutes=1)


@command
def comment(task: Task, *, by: Any, team: Team, at: datetime, text: str, audience: str = "") -> Comment:
    """Write `text` for `audience` (empty: the team's preset). Raises Refusal if it is empty or too long."""
    task = Task.objects.select_related("duty", "organization").get(pk=task.pk)
    authorize(task, by=by, team=team, at=at, marks=COMMENT)
    text = read_text(text, field="text", empty=_("コメントを入力してください。"))
    chosen, organization = audience_of(task, team, audience)
    twice = task.comments.filter(by=by, text=text, audience=chosen, at__gt=at - TWICE).first()
    if twice is not None:
        return twice
    written = write(task, by=by, team=team, at=at, text=text, audience=chosen, organization=organization)
    record(
        "task.commented", task, by=by, team=team, at=at, stream=task.organization.code,
        comment=written.pk, audience=chosen,
    )  # fmt: skip
    telling.commented(task, written, by=by, at=at)
    return written


def read_text(text: str, *, field: str, empty: str) -> str:
    """`text` as it was written; raises Refusal for `field` if there is none (`empty` says so) or too much."""
    sentence = "" if text.strip() else empty
    if len(text) > TEXT_LIMIT or "\0" in text:
        sentence = _("コメントは %(limit)s 文字以内の文字で入力してください。") % {"limit": f"{TEXT_LIMIT:,}"}
    if sentence:
        raise Refusal(sentence, errors={field: sentence})
    return text


def write(
    task: Task,
    *,
    by: Any,
    team: Team,
    at: datetime,
    text: str,
    audience: str,
    organization: Organization | None,
) -> Comment:
    """The row, for a command that has settled who may write what to whom."""
    comment = Comment.objects.create(
        task=task, text=text, audience=audience, organization=organization, team=team, by=by, at=at
    )
    note_comment(comment)
    return comment


def audiences_for(task: Task, team: Team) -> list[Audience]:
    """What `team` may choose, the preset first: a municipality writes 団体限り, others what the duty says."""
    is_own = task.organization.kind == Organization.Kind.MEMBER
    if team.role.kind == Organization.Kind.MEMBER:
        return [Audience.MEMBER, Audience.ALL]
    found = [Audience.ALL, *([Audience.MEMBER] if is_own else []), Audience.INTERNAL]
    is_internal = task.duty.comment_audience == CommentAudience.INTERNAL
    return sorted(found, key=lambda a: a != Audience.INTERNAL) if is_internal else found


def audience_choices(audiences: Sequence[Audience], who: str, chosen: str = "") -> list[Choice]:
    """What a form offers, the first chosen if nothing is; `who` reads 団体限り beside vendors and union."""
    hints = {
        Audience.MEMBER: _("%(who)s・委託ベンダ・広域組合") % {"who": who},
        Audience.INTERNAL: _("委託ベンダ・広域組合"),
    }
    chosen = chosen or audiences[0]
    return [Choice(a.value, a == chosen, label=str(a.label), hint=hints.get(a, "")) for a in audiences]


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
