"""Commands of signing in order: sign, and send back to an earlier signer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from raci.models import Sharing, Signer

from . import telling
from .acting import FILL, locked, own_teams, require_open, require_version, store
from .closing import fill, finish, proxy_data, refuse
from .filling import task_fields
from .models import Signature, Task
from .signing_order import Step, signing_proxies, signing_teams, steps_of, turn_of


@command
def sign(
    task: Task,
    *,
    by: Any,
    team: Team,
    at: datetime,
    answers: Mapping[str, Any] | None = None,
    outcome: str = "",
    remark: str | None = None,
    done_on: date | None = None,
    version: int | None = None,
    reason: str = "",
) -> Task:
    """署名する as the signer whose turn it is: checks and freezes the own fields. The last one closes."""
    task, step, proxy = _my_turn(task, by=by, team=team, at=at, version=version, reason=reason)
    is_last = step.signer.position == steps_of(task)[-1].signer.position
    if is_last:
        task = finish(
            task, by=by, team=team, at=at, answers=answers, outcome=outcome, remark=remark, done_on=done_on,
            proxy=proxy, reason=reason,
        )  # fmt: skip
    else:
        _check_own(task, step.signer, team, answers, at)
        task.remark = task.remark if remark is None else remark
        task.saved_at = at
        store(task, "answers", "remark", "saved_at", at=at)
    Signature.objects.create(
        task=task, position=step.signer.position, team=team, by=by, at=at, is_proxy=proxy
    )
    record(
        "task.signed",
        task,
        by=by,
        team=team,
        at=at,
        stream=task.organization.code,
        position=step.signer.position,
        label=label_of(step.signer, task),
        **proxy_data(proxy, reason),
    )
    if not is_last:
        telling.signed(task, by=by, team=team, at=at, is_proxy=proxy, reason=reason)
    return task


@command
def send_back(
    task: Task,
    *,
    by: Any,
    team: Team,
    at: datetime,
    to: int,
    reason: str,
    version: int | None = None,
) -> Task:
    """差し戻す to the earlier signer at position `to`: the signatures from there on are void."""
    if not reason.strip():
        sentence = _("差し戻す理由を入力してください。")
        raise Refusal(sentence, errors={"reason": sentence})
    task, step, proxy = _my_turn(task, by=by, team=team, at=at, version=version, reason=reason)
    back = next((s for s in steps_of(task) if s.signer.position == to and s.signature), None)
    if back is None or to >= step.signer.position:
        sentence = _("差し戻す先を選んでください。")
        raise Refusal(sentence, errors={"to": sentence})
    voided = task.signatures.filter(void_at=None, position__gte=to).update(void_at=at, void_reason=reason)
    store(task, at=at)
    record(
        "task.sent_back",
        task,
        by=by,
        team=team,
        at=at,
        stream=task.organization.code,
        to=label_of(back.signer, task),
        voided=voided,
        reason=reason,
        proxy=proxy,
    )
    telling.sent_back(task, by=by, team=team, at=at, reason=reason)
    return task


def label_of(signer: Signer, task: Task) -> str:
    """What the signature is called: the role (a municipality: its name) and its label or 課長承認."""
    is_own = (
        signer.role.kind == Organization.Kind.MEMBER and task.organization.kind == Organization.Kind.MEMBER
    )
    who = str(task.organization if is_own else signer.role)
    if signer.label:
        return f"{who} {signer.label}"
    return _("%(who)s 課長承認") % {"who": who} if signer.is_approver else who


def _my_turn(
    task: Task, *, by: Any, team: Team, at: datetime, version: int | None, reason: str
) -> tuple[Task, Step, bool]:
    """The locked task, the signer whose turn it is, and whether `by` acts for another team."""
    task = locked(task, at=at)
    require_open(task, at)
    require_version(task, version, at)
    step = turn_of(steps_of(task)) if task.duty.sharing == Sharing.SIGNERS else None
    if step is None:
        raise Refusal(_("この作業に署名の順はありません。"))
    today = timezone.localdate(at)
    if team in signing_teams(task, step.signer, by, today):
        return task, step, False
    if team in signing_proxies(task, step.signer, by, today):
        if not reason.strip():
            sentence = _("代行の理由を入力してください。")
            raise Refusal(sentence, errors={"reason": sentence})
        return task, step, True
    if team not in own_teams(task, by, today, FILL):
        raise PermissionDenied(_("この作業でこの操作をする権限がありません。"))
    if team.role_id == step.signer.role_id and step.signer.is_approver:
        raise Refusal(_("この署名は %(team)s の承認者(課長)が行います。") % {"team": team})
    raise Refusal(
        _("いまは「%(label)s」の番です。署名は順に行います。") % {"label": label_of(step.signer, task)}
    )


def _check_own(
    task: Task, signer: Signer, team: Team, answers: Mapping[str, Any] | None, at: datetime
) -> None:
    """Errors anywhere, and what is missing in the signer's own fields."""
    reading = fill(task, team, answers, at)
    own = {f.key for f in task_fields(task) if f.row.signer_role_id == signer.role_id}
    missing = {k: v for k, v in reading.missing.items() if k.partition(".")[0] in own}
    refuse({**reading.errors, **missing})
