"""Commands that fill in, close, skip and reopen a task."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Team
from opsdesk.audit.record import command, record
from opsdesk.lib.era import era_short
from opsdesk.lib.refusal import Refusal
from raci.models import Sharing

from .acting import CLOSE, FILL, authorize, locked, main_teams, require_open, require_version, store
from .around import missing_before
from .filling import editable, reading_of
from .models import Outcome, Task
from .procedures import version_on
from .publishing import publish
from .taking import lead_after


@command
def save_answers(
    task: Task,
    *,
    by: Any,
    team: Team,
    at: datetime,
    answers: Mapping[str, Any],
    remark: str | None = None,
    version: int | None = None,
    reason: str = "",
) -> Task:
    """途中保存: keep `answers` (as typed, by field key); required ones may still be missing.

    Raises Refusal with errors by field (a cell: `lines.0.process_on`) if something can't be read.
    """
    task = locked(task, at=at)
    require_open(task, at)
    require_version(task, version, at)
    proxy = authorize(task, by=by, team=team, at=at, marks=FILL, reason=reason)
    reading = fill(task, team, answers, at)
    refuse(reading.errors)
    if remark is not None:
        task.remark = remark
    task.saved_at = at
    store(task, "answers", "remark", "saved_at", at=at)
    record(
        "task.saved",
        task,
        by=by,
        team=team,
        at=at,
        stream=task.organization.code,
        fields=sorted(answers),
        **proxy_data(proxy, reason),
    )
    return task


def fill(
    task: Task,
    team: Team,
    answers: Mapping[str, Any] | None,
    at: datetime,
    *,
    is_revision: bool = False,
    files: frozenset[str] | None = None,
) -> Any:
    """Put `answers` into the task, return the reading. PermissionDenied for a field that isn't `team`'s.

    `files`: keys of the file fields that count as filled in, by default those with a file that stands."""
    allowed = editable(task, team, is_revision=is_revision)
    reading = reading_of(task, answers or {}, timezone.localdate(at), files)
    for key in answers or {}:
        if key not in allowed and reading.answers.get(key) != task.answers.get(key):
            raise PermissionDenied(_("この項目は記入できません。"))
    task.answers = reading.answers
    return reading


def refuse(errors: Mapping[str, str]) -> None:
    if errors:
        raise Refusal(_("入力内容を確認してください。"), errors=dict(errors))


def proxy_data(proxy: bool, reason: str) -> dict[str, Any]:
    return {"proxy": True, "reason": reason} if proxy else {}


@command
def close(
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
    """完了にする for `team`, which has ◎; `reason` is that of acting for another team (代行).

    An empty `outcome` follows from the findings. Raises Refusal if somebody closed it before; with errors
    by field (and for `outcome`, `remark`, `done_on`) if something is wrong or missing.
    """
    task = locked(task, at=at)
    require_open(task, at)
    require_version(task, version, at)
    proxy = authorize(task, by=by, team=team, at=at, marks=CLOSE, reason=reason)
    if task.duty.sharing == Sharing.SIGNERS:
        raise Refusal(_("この作業は、順に署名すると完了になります。"))
    task.lead = lead_after(task, team, at)
    return finish(
        task, by=by, team=team, at=at, answers=answers, outcome=outcome, remark=remark, done_on=done_on,
        proxy=proxy, reason=reason,
    )  # fmt: skip


def finish(
    task: Task,
    *,
    by: Any,
    team: Team,
    at: datetime,
    answers: Mapping[str, Any] | None,
    outcome: str,
    remark: str | None,
    done_on: date | None,
    proxy: bool,
    reason: str,
) -> Task:
    """The beats of closing a locked task, after the rights are settled; of the last signature too."""
    today = timezone.localdate(at)
    reading = fill(task, team, answers, at)
    task.remark = task.remark if remark is None else remark
    task.outcome = outcome or (Outcome.ABNORMAL if reading.findings else Outcome.NORMAL)
    task.done_on = done_on or today
    refuse({**reading.errors, **reading.missing, **_wrong(task, reading.findings, today)})
    task.state = Task.State.DONE
    task.closed_at, task.closed_by, task.closed_for = at, by, team
    task.is_proxy, task.reason = proxy, reason if proxy else ""
    task.procedure_id = version_on(task.key, task.done_on)
    store(
        task, "state", "answers", "outcome", "remark", "done_on", "lead", "closed_at", "closed_by",
        "closed_for", "is_proxy", "reason", "procedure_id", at=at,
    )  # fmt: skip
    published: dict[str, Any] = {}
    if task.duty.is_acknowledged:
        published["published"] = publish(task, by=by, team=team, at=at, is_proxy=proxy).version
    record(
        "task.closed",
        task,
        by=by,
        team=team,
        at=at,
        stream=task.organization.code,
        outcome=task.outcome,
        done_on=task.done_on,
        late=task.was_late,
        findings=list(reading.findings.values()),
        missing=missing_before(task),
        **published,
        **proxy_data(proxy, reason),
    )
    return task


def _wrong(task: Task, findings: Mapping[str, str], today: date) -> dict[str, str]:
    """Errors of outcome, remark and the day it was done."""
    errors = {}
    if task.outcome not in Outcome.values:
        errors["outcome"] = _("結果を選んでください。")
    elif findings and task.outcome == Outcome.NORMAL:
        errors["outcome"] = _("所見があるため「正常」は選べません。「異常あり」を選んでください。")
    if task.outcome == Outcome.ABNORMAL and not task.remark.strip():
        errors["remark"] = _("異常ありのときは、所見の内容を入力してください。")
    if task.done_on is not None and task.done_on > today:
        errors["done_on"] = _("実施日に先の日付は入力できません。今日までの日付にしてください。")
    elif task.done_on is not None and task.done_on < task.opens_on:
        errors["done_on"] = _("実施日は、開始日 %(day)s 以後の日付にしてください。") % {
            "day": era_short(task.opens_on, today)
        }
    return errors


@command
def skip(task: Task, *, by: Any, team: Team, at: datetime, reason: str, version: int | None = None) -> Task:
    """対象外にする, with a reason; satisfies what waits for it. The union may do it for a ◎ team (代行)."""
    task = locked(task, at=at)
    require_open(task, at)
    require_version(task, version, at)
    need_reason(reason, _("対象外にする理由を入力してください。"))
    proxy = authorize(task, by=by, team=team, at=at, marks=CLOSE, reason=reason)
    if not main_teams(task, [team]):
        raise PermissionDenied(_("対象外にできるのは主担当(◎)だけです。"))
    task.lead = lead_after(task, team, at)
    task.state, task.reason, task.is_proxy = Task.State.SKIPPED, reason, proxy
    task.closed_at, task.closed_by, task.closed_for = at, by, team
    store(task, "state", "reason", "is_proxy", "lead", "closed_at", "closed_by", "closed_for", at=at)
    record(
        "task.skipped",
        task,
        by=by,
        team=team,
        at=at,
        stream=task.organization.code,
        reason=reason,
        proxy=proxy,
    )
    return task


def need_reason(reason: str, sentence: str) -> None:
    if not reason.strip():
        raise Refusal(sentence, errors={"reason": sentence})
