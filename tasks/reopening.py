"""The command that undoes a closing or a skipping: within 7 days, by the team that did it, with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from raci.models import Sharing

from . import kinds, telling
from .acting import CLOSE, authorize, holds_for, locked, require_move, store
from .around import later_done, name_of
from .caseflow import move_round, tasks_of, withdraw_step
from .casegraph import graph_of
from .closing import need_reason
from .models import Outcome, Task
from .publishing import withdraw

#: How long a closing can be undone.
REOPEN_DAYS = 7


@command
def reopen(task: Task, *, by: Any, team: Team, at: datetime, reason: str, version: int | None = None) -> Task:
    """取り消す: by the team that closed it, while no later step is closed. The answers stay.

    What it published is withdrawn with the acknowledgements; closing again publishes the next version."""
    task = locked(task, version, at=at)
    require_move(task, Task.State.OPEN)
    authorize(task, by=by, team=team, at=at, marks=CLOSE, reason=reason)
    need_reason(reason, _("取り消す理由を入力してください。"))
    _require_reopenable(task, team, at)
    if task.duty.sharing == Sharing.SIGNERS and task.state == Task.State.DONE:
        _void_last(task, at, reason)
    _take_back_steps(task, by=by, at=at, reason=reason)
    was, was_abnormal = task.state, task.outcome == Outcome.ABNORMAL
    task.course = None
    task.state, task.outcome, task.done_on, task.is_proxy, task.reason = Task.State.OPEN, "", None, False, ""
    task.closed_at = task.closed_by = task.closed_for = task.procedure_id = None
    store(
        task,
        "state",
        "outcome",
        "done_on",
        "is_proxy",
        "reason",
        "closed_at",
        "closed_by",
        "closed_for",
        "procedure_id",
        "course",
        at=at,
    )
    taken_back = withdraw(task, at=at, reason=reason)
    if task.case is not None:
        kinds.of(task.case.kind).changed(task.case, by=by, at=at)
    record(
        "task.reopened", task, by=by, team=team, at=at, stream=task.organization.code, reason=reason, was=was,
        **({"withdrawn": taken_back} if taken_back else {}),
    )  # fmt: skip
    telling.reopened(task, by=by, team=team, at=at, reason=reason, is_abnormal=was_abnormal)
    return task


def _require_reopenable(task: Task, team: Team, at: datetime) -> None:
    if sentence := why_not_reopen(task, team, at):
        raise Refusal(sentence)
    later = later_done(task) if task.case is None else _later_step_done(task)
    if later:
        raise Refusal(_("後の作業 %(later)s が完了しているため、取り消せません。") % {"later": later})


def _later_step_done(task: Task) -> str:
    """The name of a closed step that followed this one, or ""."""
    done = [t for t in _later_steps(task) if not t.is_open]
    return name_of(done[0]) if done else ""


def _later_steps(task: Task) -> list[Task]:
    """The steps of the case that were opened after this one and follow it, another round of it included."""
    assert task.case is not None
    graph = graph_of(task.duty.edition_id)
    follow = graph.reach([task.key]) | graph.confirms(task.key)
    return [t for t in tasks_of(task.case) if t.pk > task.pk and t.key in follow]


def _take_back_steps(task: Task, *, by: Any, at: datetime, reason: str) -> None:
    """The open steps after it are withdrawn; confirmations that moved to its round go back."""
    if task.case is None:
        return
    for later in _later_steps(task):
        withdraw_step(later, by=by, at=at, reason=reason)
    of = graph_of(task.duty.edition_id).confirmed_by(task.key)
    for early in tasks_of(task.case):
        if early.key in of and early.is_open and early.pk < task.pk and early.round > 1:
            move_round(early, -1, at=at)


def why_not_reopen(task: Task, team: Team, at: datetime) -> str:
    """Why `team` can't undo the closing, "" if it can (a later step is looked at by the command)."""
    if not holds_for(team, task.closed_for, timezone.localdate(at)):
        return _("取り消せるのは、記録した担当(%(team)s)だけです。") % {"team": task.closed_for}
    if task.is_withdrawn:
        return _("取り下げた作業は取り消せません。")
    if task.case is not None and not task.case.is_open:
        return _("完了した案件の作業は取り消せません。続きは新しい案件として起票してください。")
    if task.closed_at is None or at - task.closed_at > timedelta(days=REOPEN_DAYS):
        return _("記録から %(days)s 日を過ぎたため、取り消せません。") % {"days": REOPEN_DAYS}
    return ""


def _void_last(task: Task, at: datetime, reason: str) -> None:
    last = task.signatures.filter(void_at=None).order_by("position").last()
    if last is not None:
        task.signatures.filter(pk=last.pk).update(void_at=at, void_reason=reason)
