"""Commands: what came from 依頼元 by mail is written into its case; nobody with an account did it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from . import casetelling
from .answers import TEXT_LIMIT
from .caseflow import concerned, lock, stream_of
from .casenotes import FILES_LIMIT
from .evidence import keep
from .indexing import note_comment
from .models import Attachment, Audience, Case, Comment


def writes(case: Case, organization: Organization) -> bool:
    """Whether `organization` may write on the case by mail: it asked, or the case concerns it."""
    return organization.pk == case.reporter_id or organization.pk in concerned(case)


@command
def post(case: Case, *, by: Any, team: Team, at: datetime, text: str, files: Sequence[Any] = ()) -> Comment:
    """Write `text` into the timeline for the municipality of `team` (団体限り), with `files`.

    `by`: None, or who took it in. A file that can't be kept is named in the text. Raises Refusal."""
    case = lock(case.pk)
    if not writes(case, team.organization):
        raise Refusal(_("%(town)s はこの案件に書き込めません。") % {"town": team.organization})
    refused = attach(case, by=by, team=team, at=at, files=files)
    row = Comment.objects.create(
        case=case, text=with_refused(text, refused), audience=Audience.MEMBER, organization=team.organization,
        team=team, by=by, at=at,
    )  # fmt: skip
    note_comment(row)
    casetelling.commented(case, row, by=by, at=at)
    record(
        "case.commented", case, by=by, team=team, at=at, stream=stream_of(case), comment=row.pk,
        audience=row.audience,
    )  # fmt: skip
    return row


@command
def attach(case: Case, *, by: Any, team: Team, at: datetime, files: Iterable[Any]) -> list[str]:
    """Keep `files` (with name, size and read()) on the case; the sentences about those that can't be."""
    refused = []
    for file in files:
        row = Attachment(
            case=case, audience=Audience.MEMBER, organization=team.organization, team=team, by=by, at=at
        )
        try:
            row, is_new = keep(row, file, among=case.attachments, most=FILES_LIMIT)
        except Refusal as refusal:
            refused.append(str(refusal))
            continue
        if is_new:
            record(
                "case.attached", case, by=by, team=team, at=at, stream=stream_of(case), attachment=row.pk,
                sha256=row.sha256, audience=row.audience,
            )  # fmt: skip
    return refused


def with_refused(text: str, refused: Sequence[str]) -> str:
    """`text` as a note keeps it, with what could not be kept below."""
    below = "".join(f"\n※ {sentence}" for sentence in refused[:20])
    return text[: TEXT_LIMIT - len(below)] + below
