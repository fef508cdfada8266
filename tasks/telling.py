"""Who is told what of a task, by the table of marks; called by the commands, in their transaction.

The person who did it is not told of the own act. Openings of generated tasks are the morning's digest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from opsdesk.accounts.models import Membership, Organization, Team, User
from opsdesk.lib.era import era_short
from opsdesk.notices.outbox import tell
from raci.definition import definition_of
from raci.models import Cycle, Mark

from .acting import named
from .models import Audience, Comment, Outcome, Publication, Task
from .readers import (
    CLOSING,
    MAIN,
    OPENING,
    Reader,
    concerning,
    is_closing_told,
    readers,
    signers,
    with_marks,
    with_turn,
)
from .words import period_short

#: Of what a person wrote, as much as a notice repeats.
REASON_LIMIT = 200
ANY = frozenset(m.value for m in Mark)


def about(task: Task, today: date) -> dict[str, Any]:
    """What a sentence says of `task`: number, work, period or case, its municipality, when it is due."""
    is_own = task.organization.kind == Organization.Kind.MEMBER
    period = period_short(task, today) if task.case is None else f"{task.case.number} {task.case.title}"
    return {
        "number": task.duty.number,
        "work": task.duty.work,
        "period": period,
        "organization": task.organization.short_name if is_own else "",
        "due": era_short(task.due_on, today),
    }


def _tell(
    code: str,
    people: Iterable[Reader] | Iterable[int],
    task: Task,
    *,
    by: Any,
    at: datetime,
    key: str = "",
    is_urgent: bool = False,
    **data: Any,
) -> None:
    """Tell `people`, without `by`; by default one notice for each version of the task."""
    ids = {p.user if isinstance(p, Reader) else p for p in people} - {getattr(by, "pk", None)}
    if ids:
        tell(
            code, ids, obj=task, at=at, key=f"{code}:{task.pk}:{key or task.version}",
            data={**about(task, timezone.localdate(at)), **data},
            organization=task.organization_id, is_urgent=is_urgent,
        )  # fmt: skip


def opened(
    tasks: Sequence[Task],
    *,
    by: Any,
    at: datetime,
    is_urgent: bool = False,
    towns: Collection[int] | None = None,
) -> None:
    """◎ and ○ of each: steps of cases and extra occasions, which no morning's digest waits for.

    `towns`: whom the case of all of them concerns, if that is known."""
    today = timezone.localdate(at)
    for task in tasks:
        marks = MAIN if task.duty.cycle == Cycle.DAILY else OPENING
        people = with_marks(task, marks, today, towns)
        _tell("task.opened", people, task, by=by, at=at, is_urgent=is_urgent)


def closed(task: Task, *, by: Any, team: Team, at: datetime, is_proxy: bool, reason: str) -> None:
    """○ and △; municipalities that are asked to acknowledge are told that instead (`published`)."""
    proxied("closed", task, by=by, team=team, at=at, is_proxy=is_proxy, reason=reason)
    is_abnormal = task.outcome == Outcome.ABNORMAL
    if is_closing_told(task, is_abnormal):
        people = with_marks(task, CLOSING, timezone.localdate(at))
        if task.duty.is_acknowledged:
            people = [r for r in people if not r.is_member]
        _tell("task.closed", people, task, by=by, at=at, abnormal=is_abnormal, who=named(by, team))


def skipped(task: Task, *, by: Any, team: Team, at: datetime, is_proxy: bool, reason: str) -> None:
    """○ and △."""
    proxied("skipped", task, by=by, team=team, at=at, is_proxy=is_proxy, reason=reason)
    if is_closing_told(task, False):
        people = with_marks(task, CLOSING, timezone.localdate(at))
        _tell("task.skipped", people, task, by=by, at=at, who=named(by, team), reason=_short(reason))


def reopened(task: Task, *, by: Any, team: Team, at: datetime, reason: str, is_abnormal: bool) -> None:
    """Those who were told of the closing: what they know holds no more."""
    if is_closing_told(task, is_abnormal):
        people = with_marks(task, CLOSING, timezone.localdate(at))
        _tell("task.reopened", people, task, by=by, at=at, who=named(by, team), reason=_short(reason))


def proxied(act: str, task: Task, *, by: Any, team: Team, at: datetime, is_proxy: bool, reason: str) -> None:
    """代行: the team for which somebody else acted."""
    if is_proxy:
        rows = Membership.objects.on(timezone.localdate(at)).filter(team=team, user__is_active=True)
        people = rows.values_list("user_id", flat=True)
        _tell("task.proxied", people, task, by=by, at=at, act=act, who=str(by), reason=_short(reason))


def signed(task: Task, *, by: Any, team: Team, at: datetime, is_proxy: bool, reason: str) -> None:
    """The one whose signature comes next; after the last one the closing is told."""
    proxied("signed", task, by=by, team=team, at=at, is_proxy=is_proxy, reason=reason)
    people = with_turn(task, signers(task, timezone.localdate(at)))
    _tell("task.turn", people, task, by=by, at=at, key=_signature(task), who=named(by, team))


def sent_back(task: Task, *, by: Any, team: Team, at: datetime, reason: str) -> None:
    """The signer to whom it goes back."""
    people = with_turn(task, signers(task, timezone.localdate(at)))
    _tell("task.sent_back", people, task, by=by, at=at, who=named(by, team), reason=_short(reason))


def _signature(task: Task) -> str:
    """The last signature: signing does not always raise the task's version."""
    return f"s{task.signatures.order_by('-pk').values_list('pk', flat=True).first()}"


def published(publication: Publication, towns: set[int], *, by: Any, at: datetime) -> None:
    """The municipalities that are to acknowledge it."""
    _ask("task.published", publication, towns, by=by, at=at, key=f"p{publication.pk}")


def urged(publication: Publication, towns: set[int], *, by: Any, at: datetime) -> None:
    """催促: those of them that are missing."""
    key = f"p{publication.pk}:{timezone.localdate(at)}"
    _ask("task.urged", publication, towns, by=by, at=at, key=key)


def _ask(code: str, publication: Publication, towns: set[int], *, by: Any, at: datetime, key: str) -> None:
    if towns:
        task = publication.task
        people = with_marks(task, ANY, timezone.localdate(at))
        asked = [r for r in people if r.is_member and r.organization in towns]
        _tell(code, asked, task, by=by, at=at, key=key, version=publication.version)


def commented(task: Task, comment: Comment, *, by: Any, at: datetime, code: str = "task.commented") -> None:
    """Those who may read it and have the task: ◎, the assignee, who wrote before."""
    writers = set(task.comments.exclude(pk=comment.pk).values_list("by_id", flat=True))
    having = writers | {task.assignee_id}
    definition = definition_of(task.duty_id)
    roles = {a.role_id for a in definition.assignments} | {s.role_id for s in definition.signers}
    mains = definition.roles_with()
    found = (r for r in readers(timezone.localdate(at), roles) if r.role in mains or r.user in having)
    people = [r for r in concerning(found, task) if reads(r, comment)]
    _tell(code, people, task, by=by, at=at, key=f"c{comment.pk}", who=named(by, comment.team))


def reads(reader: Reader, comment: Comment) -> bool:
    """The audience of the comment counts the reader in."""
    if not reader.is_member or comment.audience == Audience.ALL:
        return True
    return comment.audience == Audience.MEMBER and reader.organization == comment.organization_id


def answered(task: Task, comment: Comment, *, by: Any, at: datetime) -> None:
    """The municipality that asked."""
    towns = {comment.organization_id}
    people = [r for r in with_marks(task, ANY, timezone.localdate(at)) if r.organization in towns]
    _tell(
        "task.answered", people, task, by=by, at=at, key=f"c{comment.pk}", who=named(by, comment.team)
    )  # fmt: skip


def assigned(task: Task, *, by: Any, at: datetime) -> None:
    """The new assignee, if somebody else chose."""
    if task.assignee_id is not None:
        _tell("task.assigned", [task.assignee_id], task, by=by, at=at, who=str(by))


def lead_passed(task: Task, *, by: Any, team: Team, at: datetime) -> None:
    """The team that leads now."""
    people = [r for r in with_marks(task, MAIN, timezone.localdate(at)) if r.team == task.lead_id]
    _tell("task.lead_passed", people, task, by=by, at=at, who=named(by, team))


def handed_over(tasks: Sequence[Task], *, to: User | None, person: User, by: Any, at: datetime) -> None:
    """Who takes over the open work of somebody else: one notice, however many tasks."""
    if to is not None and tasks and to.pk != getattr(by, "pk", None):
        key = f"task.handed_over:{person.pk}:{at.isoformat()}"
        data = {"person": str(person), "count": len(tasks)}
        tell("task.handed_over", [to.pk], obj=to, at=at, key=key, data=data)


def _short(reason: str) -> str:
    return reason if len(reason) <= REASON_LIMIT else reason[: REASON_LIMIT - 1] + "…"
