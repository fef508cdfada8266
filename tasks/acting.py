"""For whom a person acts on a task, and the beats that commands share: lock, compare versions, store."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.models import Event
from opsdesk.calendar.book import days_of
from opsdesk.lib.era import era_short
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.statement import Statement
from opsdesk.lib.templatetags.dates import hm
from raci.access import standing_of
from raci.definition import definition_of
from raci.models import Mark, Sharing, Signer

from .asked import namer
from .indexing import READ, note_place, note_task
from .models import Case, Concern, Task
from .models.task import with_duty

#: Who may do what, by marks (domain.md): comment and attach; fill in and start; close, skip and reopen.
COMMENT = frozenset({Mark.MAIN.value, Mark.SUPPORT.value, Mark.RELATED.value})
FILL = frozenset({Mark.MAIN.value, Mark.SUPPORT.value})
CLOSE = frozenset({Mark.MAIN.value})


def own_teams(
    task: Task, user: Any, today: date, marks: Collection[str], concerned: Collection[int] | None = None
) -> list[Team]:
    """The user's teams with one of `marks` on the task, strongest first; signers count anyway.

    `concerned`: ids of the organizations that its case concerns, if they are known."""
    standing = standing_of(user, today)
    found = standing.teams_for(task.duty_id, task.organization_id, frozenset(marks))
    if task.duty.sharing == Sharing.SIGNERS:
        signers = definition_of(task.duty_id).signers
        found += [t for t in standing.teams if t not in found and any(is_signer(t, s, task) for s in signers)]
    if task.case_id and marks == FILL:
        found += [t for t in standing.teams if t not in found and is_named(t, task)]
    return [t for t in found if is_concerned(t, task, concerned)] if task.case_id else found


def is_named(team: Team, task: Task) -> bool:
    """A field says that the team's role puts another value in the place of what was answered (わからない)."""
    return any(namer(f, task.answers) == team.role.code for f in definition_of(task.duty_id).fields)


def is_concerned(team: Team, task: Task, concerned: Collection[int] | None = None) -> bool:
    """A common step of a case is only for the municipalities that the case concerns."""
    if team.role.kind != Organization.Kind.MEMBER or team.organization_id == task.organization_id:
        return True
    if concerned is not None:
        return team.organization_id in concerned
    return Concern.objects.filter(case=task.case_id, organization=team.organization_id).exists()


def is_signer(team: Team, signer: Signer, task: Task) -> bool:
    return team.role_id == signer.role_id and concerns(team, task)


def concerns(team: Team, task: Task) -> bool:
    """A municipality's team has to do with its own tasks and the common ones only."""
    return team.role.kind != Organization.Kind.MEMBER or (
        team.organization_id == task.organization_id or task.organization.kind == Organization.Kind.UNION
    )


def holds_for(team: Team, earlier: Team | None, today: date) -> bool:
    """`team` is `earlier`, or holds its role now that it has ended: work and history pass on."""
    if earlier is None or earlier.pk == team.pk:
        return earlier is not None
    is_same = earlier.role_id == team.role_id and (
        team.role.kind != Organization.Kind.MEMBER or team.organization_id == earlier.organization_id
    )
    return is_same and has_ended(earlier, today)


def has_ended(team: Team, today: date) -> bool:
    return team.ends_on is not None and team.ends_on < today


def main_teams(task: Task, teams: Iterable[Team]) -> list[Team]:
    """Those of `teams` with ◎: a signer without it signs, but does not skip."""
    definition = definition_of(task.duty_id)
    return [t for t in teams if definition.mark_of(t.role_id) == Mark.MAIN]


def proxy_teams(task: Task, user: Any, today: date) -> list[Team]:
    """Teams for which the union may act (代行): those with ◎, and the signers, that the user is not in."""
    standing = standing_of(user, today)
    if not standing.is_union:
        return []
    definition = definition_of(task.duty_id)
    roles = definition.roles_with(Mark.MAIN) | {s.role_id for s in definition.signers}
    teams = Team.objects.on(today).filter(role__in=roles).select_related("role", "organization")
    return [t for t in teams if t not in standing.teams and concerns(t, task)]


def authorize(
    task: Task, *, by: Any, team: Team, at: datetime, marks: Collection[str], reason: str = ""
) -> bool:
    """True if `by` acts for another team (代行), which needs a reason. Raises PermissionDenied."""
    today = timezone.localdate(at)
    if team in own_teams(task, by, today, marks):
        return False
    if marks == COMMENT or team not in proxy_teams(task, by, today):
        raise PermissionDenied(_("この作業でこの操作をする権限がありません。"))
    if not reason.strip():
        raise Refusal(
            _("代行の理由を入力してください。"), errors={"reason": _("代行の理由を入力してください。")}
        )
    return True


def _locked(*, pk: int) -> QuerySet[Task]:
    rows = Task.objects.select_for_update(of=("self",)).filter(pk=pk)
    rows = rows.select_related("organization", "assignee", "lead", "closed_by", "closed_for", "case")
    return rows.annotate(**days_of("organization"))


LOCKED = Statement(_locked)


def locked(task: Task, version: int | None = None, *, at: datetime) -> Task:
    """The row, locked and fresh; raises Refusal if it is no longer the `version` that the person saw."""
    if task.case_id:  # before its steps: two closers of two branches would each see the other's still open
        Case.objects.select_for_update().get(pk=task.case_id)
    for row in LOCKED.ask(pk=task.pk):
        require_version(row, version, at)
        return with_duty(row)
    raise Task.DoesNotExist


def require_version(task: Task, version: int | None, at: datetime) -> None:
    if version is not None and task.version != version:
        raise changed(task, at)


def store(task: Task, *names: str, at: datetime) -> None:
    """Write these fields and the next version, over the version that was read: SQLite has no row locks.

    The index of the search follows."""
    values = {name: getattr(task, name) for name in names}
    moved = Task.objects.filter(pk=task.pk, version=task.version).update(version=task.version + 1, **values)
    if not moved:
        raise changed(task, at)
    task.version += 1
    if READ.intersection(names):
        note_task(task)
    if "duty" in names:
        note_place(task)


def changed(task: Task, at: datetime) -> Refusal:
    """Somebody else was faster: by whom and when, and what to do."""
    last = Event.objects.about(task).first()
    if last is None:
        return Refusal(_("この作業は、ほかの人が変更しました。内容を確かめて、もう一度記録してください。"))
    return Refusal(
        _(
            "この作業は %(when)s に %(who)s が変更しました。"
            "入力した内容は残っています。確かめて、もう一度記録してください。"
        )
        % {"when": when(last.at, at), "who": named(last.actor_name or _("システム"), last.team_name)}
    )


def require_open(task: Task, at: datetime) -> None:
    """Raises Refusal saying by whom and when the task was closed or skipped."""
    if task.is_open:
        return
    sentence = (
        _("この作業は %(when)s に %(who)s がすでに完了にしています。記録は一つだけ残ります。")
        if task.state == Task.State.DONE
        else _("この作業は %(when)s に %(who)s が対象外にしています。")
    )
    raise Refusal(
        sentence
        % {
            "when": when(task.closed_at, at) if task.closed_at else "",
            "who": named(task.closed_by, task.closed_for),
        }
    )


def require_move(task: Task, state: str) -> None:
    if state not in Task.MOVES[Task.State(task.state)]:
        raise Refusal(
            _("この作業は「%(state)s」なので、この操作はできません。") % {"state": task.get_state_display()}
        )


def named(person: Any, team: Any) -> str:
    """佐藤 美咲(業務運用)."""
    return f"{person or ''}({team})" if team else str(person or "")


def when(moment: datetime, now: datetime) -> str:
    """10:52 of today, else 11/20(金) 10:52."""
    day, today = timezone.localdate(moment), timezone.localdate(now)
    return hm(moment) if day == today else f"{era_short(day, today)} {hm(moment)}"
