"""Who is told what of a case as a whole: its notes, and its end; called by the commands, in their beats.

Of its steps tasks/telling.py tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from opsdesk.notices.outbox import tell

from .acting import named
from .models import Case, Comment
from .readers import MAIN, Reader, readers, with_marks
from .telling import reads


def commented(case: Case, comment: Comment, *, by: Any, at: datetime) -> None:
    """Those who may read it and have to do with the case: ◎ of its open steps, who wrote before, 依頼元."""
    today = timezone.localdate(at)
    steps = case.steps.open().filter(is_withdrawn=False).select_related("duty", "organization", "case")
    having = {r.user for step in steps for r in with_marks(step, MAIN, today)}
    having |= set(case.comments.exclude(pk=comment.pk).values_list("by_id", flat=True))
    people = [r for r in readers(today) if r.user in having or _asked(case, r)]
    read = [r for r in people if reads(r, comment)]
    _tell("case.commented", read, case, by=by, at=at, key=f"c{comment.pk}", who=named(by, comment.team))


def ended(case: Case, *, by: Any, at: datetime) -> None:
    """依頼元: it is finished, withdrawn, or goes on as another one."""
    people = [r for r in readers(timezone.localdate(at)) if _asked(case, r)] if case.reporter_id else []
    of = case.duplicate_of.number if case.duplicate_of else ""
    _tell("case.ended", people, case, by=by, at=at, key=f"v{case.version}", state=case.state, of=of)


def _asked(case: Case, reader: Reader) -> bool:
    return case.reporter_id is not None and reader.organization == case.reporter_id


def _tell(
    code: str, people: Iterable[Reader], case: Case, *, by: Any, at: datetime, key: str, **data: Any
) -> None:
    ids = {r.user for r in people} - {getattr(by, "pk", None)}
    if ids:
        about = {"number": case.number, "title": case.title, "reason": case.reason, **data}
        tell(code, ids, obj=case, at=at, key=f"{code}:{case.pk}:{key}", data=about)
