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

from . import caseflow, telling
from .acting import CLOSE, FILL, authorize, locked, main_teams, require_open, require_version, store
from .around import missing_before
from .asked import skipped_by
from .filling import editable, reading_of, task_fields, unnamed
from .following import NOTHING, Following, course_of, links_of, refuse_confirming, skipped_course
from .linking import join, open_link
from .models import Case, Outcome, Task
from .procedures import version_on
from .publishing import publish
from .raising import concerns_said, members_on
from .restricted import public_findings
from .stepdue import level_of
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
    following: Following = NOTHING,
) -> Task:
    """完了にする for `team`, which has ◎; `reason` is that of acting for another team (代行), `following`
    what a step of a case asks for.

    An empty `outcome` follows from the findings. Raises Refusal if somebody closed it before; with errors
    by field (and for `outcome`, `remark`, `done_on`, `chosen`, `again`, `links`) if something is wrong or
    missing.
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
        proxy=proxy, reason=reason, following=following,
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
    following: Following = NOTHING,
) -> Task:
    """The beats of closing a locked task, after the rights are settled; of the last signature too."""
    today = timezone.localdate(at)
    reading = fill(task, team, answers, at)
    task.remark = task.remark if remark is None else remark
    task.outcome = outcome or (Outcome.ABNORMAL if reading.findings else Outcome.NORMAL)
    task.done_on = done_on or today
    wrong = _course(task, by, following)
    refuse({**reading.errors, **reading.missing, **_wrong(task, reading.findings, today), **wrong})
    task.closed_at, task.closed_by, task.closed_for = at, by, team
    task.is_proxy, task.reason = proxy, reason if proxy else ""
    if said := skipped_by(task_fields(task), task.answers):
        return _pass_over(task, said, by=by, team=team, at=at, proxy=proxy)
    task.state = Task.State.DONE
    task.procedure_id = version_on(task.key, task.done_on)
    store(
        task, "state", "answers", "outcome", "remark", "done_on", "lead", "closed_at", "closed_by",
        "closed_for", "is_proxy", "reason", "procedure_id", "course", at=at,
    )  # fmt: skip
    published: dict[str, Any] = {}
    if task.duty.is_acknowledged and not (task.course or {}).get("ng"):  # not recovered: nothing to publish
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
        findings=list(public_findings(task.duty_id, reading.findings).values()),
        missing=missing_before(task),
        **_asked_for(task),
        **published,
        **proxy_data(proxy, reason),
    )
    go_on(task, by=by, at=at)
    _link(task, following, by=by, team=team, at=at)
    telling.closed(task, by=by, team=team, at=at, is_proxy=proxy, reason=reason)
    return task


def _course(task: Task, by: Any, following: Following) -> dict[str, str]:
    """Set what the step asks for; errors by field. Raises Refusal if `by` may not confirm it."""
    if task.case is None:
        return {}
    tasks = caseflow.tasks_of(task.case, task)
    refuse_confirming(task, tasks, by)
    task.course, errors = course_of(task, tasks, following)
    return {**unnamed(task), **errors}


def _asked_for(task: Task) -> dict[str, Any]:
    """For the history: the round, and that it asks for another one."""
    if task.case is None:
        return {}
    return {"round": task.round, "ng": bool((task.course or {}).get("ng"))}


def _pass_over(task: Task, said: str, *, by: Any, team: Team, at: datetime, proxy: bool) -> Task:
    """An answer that says that the work is not needed counts as 対象外; the answer is the reason."""
    task.state, task.reason, task.outcome, task.done_on = Task.State.SKIPPED, said, "", None
    store(
        task, "state", "answers", "outcome", "remark", "done_on", "lead", "closed_at", "closed_by",
        "closed_for", "is_proxy", "reason", "course", at=at,
    )  # fmt: skip
    record(
        "task.skipped", task, by=by, team=team, at=at, stream=task.organization.code, reason=said, proxy=proxy
    )
    go_on(task, by=by, at=at)
    telling.skipped(task, by=by, team=team, at=at, is_proxy=proxy, reason=said)
    return task


def go_on(task: Task, *, by: Any, at: datetime) -> None:
    """What follows a step of a case that was closed or skipped."""
    if task.case is None:
        return
    if codes := concerns_said(task):
        caseflow.set_concerns(task.case, members_on(timezone.localdate(at), codes), at=at)
    caseflow.advance(task.case, by=by, at=at, after=task)


def _link(task: Task, following: Following, *, by: Any, team: Team, at: datetime) -> None:
    """Open or join other cases: those asked for, and those that an answer asks for."""
    if task.case is None:
        return
    wanted: dict[int, Case | None] = {e.target_key: None for e in links_of(task) if e.condition}
    for target, other in {**wanted, **following.links}.items():
        if other is None:
            open_link(task, target, by=by, team=team, at=at)
        else:
            _join(caseflow.lock(other.pk), target, task.case, by=by, at=at)


def _join(case: Case, target: int, source: Case, *, by: Any, at: datetime) -> None:
    """Raises Refusal if the locked `case` has ended, or is not one of the duty `target`."""
    if not case.is_open or case.entry.key != target:
        sentence = _("%(number)s には加えられません。対応中の案件を選び直してください。") % {
            "number": case.number
        }
        refuse({"links": sentence})
    join(case, source, by=by, at=at)


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
    _require_skippable(task)
    task.lead = lead_after(task, team, at)
    task.state, task.reason, task.is_proxy = Task.State.SKIPPED, reason, proxy
    task.closed_at, task.closed_by, task.closed_for = at, by, team
    if task.case is not None:
        task.course = skipped_course(task, caseflow.tasks_of(task.case, task))
    store(
        task, "state", "reason", "is_proxy", "lead", "closed_at", "closed_by", "closed_for", "course", at=at
    )
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
    go_on(task, by=by, at=at)
    telling.skipped(task, by=by, team=team, at=at, is_proxy=proxy, reason=reason)
    return task


def _require_skippable(task: Task) -> None:
    """A report of an incident may be left out only of the lightest level, or if it was none."""
    rule = task.duty.standard_due
    if task.case is None or "may_skip_level" not in rule:
        return
    known = caseflow.known_of(task.case, caseflow.tasks_of(task.case))
    level = level_of(rule, known, task.key)
    if level.isdigit() and level != rule["may_skip_level"]:
        raise Refusal(_("障害レベル%(level)sの障害では、この作業を対象外にできません。") % {"level": level})


def need_reason(reason: str, sentence: str) -> None:
    if not reason.strip():
        raise Refusal(sentence, errors={"reason": sentence})
