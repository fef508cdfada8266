"""Commands on a case as a whole: raise, report, add a choice, whom it concerns, withdraw, duplicate, link."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from raci.access import Standing, edition_id_on, standing_of
from raci.models import Duty
from raci.outline import outline_of

from . import casetelling, closing, kinds, telling
from .acting import CLOSE, FILL, own_teams
from .caseflow import (
    advance,
    first_steps,
    lead_of,
    lock,
    set_concerns,
    stream_among,
    stream_of,
    tasks_of,
    withdraw_step,
)
from .following import NOTHING, Following, choices_of
from .indexing import note_case
from .linking import create, join, once_a_form
from .models import Case, Task
from .raising import (
    RAISE,
    closes_at_once,
    codes_of,
    concerns_field,
    fields_asked,
    is_reported,
    members_on,
    raisers,
    read_asked,
    told,
    wrong,
)


@once_a_form
@command
def raise_case(
    duty: Duty,
    *,
    by: Any,
    team: Team,
    at: datetime,
    title: str,
    concerns: Sequence[Organization] = (),
    union: Organization | None = None,
    answers: Mapping[str, Any] | None = None,
    files: Collection[str] = (),
    following: Following = NOTHING,
    sources: Sequence[Case | Task] = (),
    token: str = "",
) -> Case:
    """起票する at the entry duty `duty` of the edition in force, for `team`, which has ◎ or ○.

    `answers` are those asked when it is raised, as typed; `files`: keys of the file fields that are attached
    after this, in the same transaction. A duty that is received at once is closed in the same act by its ◎,
    with all its answers. A duty that asks itself whom the case concerns is asked that, else `concerns` says
    it; a municipality raises for itself only. `sources`: what it came from. `union`: as it came with its
    calendar, saves a statement. The same `token` twice (a double
    click) is one case. Raises Refusal (errors by field, `title`, `concerns`).
    """
    require_entry(duty, at, by)
    if team not in raisers(duty, standing_of(by, timezone.localdate(at))):
        raise PermissionDenied(_("この業務を起票する権限がありません。"))
    now = closes_at_once(duty, team)
    case = _raise(
        duty, by=by, team=team, at=at, title=title, concerns=concerns, union=union, answers=answers or {},
        files=files, everything=now, sources=sources, token=token,
    )  # fmt: skip
    if now:
        step = case.steps.get()
        closing.close(step, by=by, team=team, at=at, answers=answers or {}, following=following)
        case.refresh_from_db()
    return case


@once_a_form
@command
def report(
    duty: Duty,
    *,
    by: Any,
    team: Team,
    at: datetime,
    title: str,
    concerns: Sequence[Organization] = (),
    union: Organization | None = None,
    answers: Mapping[str, Any] | None = None,
    sources: Sequence[Case | Task] = (),
    token: str = "",
) -> Case:
    """通報・問合せ by anybody, for the own organization: it opens for who receives it; `team` is 依頼元.

    What is not answered is asked of who receives it, but what it is about (the long texts). Raises Refusal
    with errors as raise_case."""
    require_entry(duty, at, by)
    if not is_reported(duty):
        raise Refusal(_("No.%(number)s は通報・問合せでは起票できません。") % {"number": duty.number})
    if team not in standing_of(by, timezone.localdate(at)).teams:
        raise PermissionDenied(_("この業務を起票する権限がありません。"))
    return _raise(
        duty, by=by, team=team, at=at, title=title, concerns=concerns, union=union, answers=answers or {},
        is_report=True, sources=sources, token=token,
    )  # fmt: skip


@command
def raise_by_system(
    duty: Duty,
    *,
    by: Any,
    team: Team,
    at: datetime,
    title: str,
    concerns: Sequence[Organization],
    answers: Mapping[str, Any] | None = None,
) -> Case:
    """A case that no person raised (an alert of 57–60), for `team`, which has ◎ or ○ on the entry `duty`.

    `answers` are of any field of the duty, as typed: the person who closes it finds them filled in."""
    require_entry(duty, at, by)
    if outline_of(duty.edition_id).lines[duty.pk].marks.get(team.role_id) not in RAISE:
        raise PermissionDenied(_("この業務を起票する権限がありません。"))
    return _raise(
        duty, by=by, team=team, at=at, title=title, concerns=concerns, answers=answers or {}, fills=True
    )


@command
def take_in(
    duty: Duty,
    *,
    by: Any,
    team: Team,
    at: datetime,
    title: str,
    answers: Mapping[str, Any] | None = None,
    sources: Sequence[Case | Task] = (),
) -> Case:
    """What came from 依頼元 `team` by itself, as a mail does: it opens for who receives it, like a report.

    `by` is None, the system, or who took it in. Raises Refusal with errors as raise_case."""
    require_entry(duty, at, by)
    if not is_reported(duty):
        raise Refusal(_("No.%(number)s は通報・問合せでは起票できません。") % {"number": duty.number})
    return _raise(
        duty, by=by, team=team, at=at, title=title, answers=answers or {}, is_report=True, sources=sources
    )


def _raise(
    duty: Duty,
    *,
    by: Any,
    team: Team,
    at: datetime,
    title: str,
    concerns: Sequence[Organization] = (),
    union: Organization | None = None,
    answers: Mapping[str, Any],
    files: Collection[str] = (),
    everything: bool = False,
    fills: bool = False,
    is_report: bool = False,
    sources: Sequence[Case | Task] = (),
    token: str = "",
) -> Case:
    today = timezone.localdate(at)
    fields = fields_asked(duty, everything=everything or fills)
    reading = read_asked(fields, answers, at, files=files)
    asks = concerns_field(fields)
    if asks is not None and not reading.errors.get(asks.key):
        concerns = members_on(today, codes_of(reading.answers.get(asks.key))) or concerns
    is_member = team.role.kind == Organization.Kind.MEMBER
    if is_member and concerns and [o.pk for o in concerns] != [team.organization_id]:
        sentence = _("構成団体が起票できるのは、自団体の案件だけです。")
        raise Refusal(sentence, errors={asks.key if asks else "concerns": sentence})
    if is_member:
        concerns = [team.organization]
    missing = told(fields, reading.missing) if is_report else reading.missing
    errors = {**reading.errors, **missing, **wrong(title, concerns, today)}
    if asks is not None and "concerns" in errors:
        errors.setdefault(asks.key, errors.pop("concerns"))
    closing.refuse(errors)
    reporter = _reporter(team, asks, concerns, is_report)
    case = create(
        duty, title, by=by, team=team, at=at, reporter=reporter, concerns=concerns, token=token
    )  # fmt: skip
    record(
        "case.raised", case, by=by, team=team, at=at, stream=stream_among(concerns), number=case.number,
        title=title, concerns=[o.code for o in concerns], report=is_report,
    )  # fmt: skip
    steps = first_steps(
        case, duty, concerns, at=at, answers=reading.answers, lead=lead_of(duty, team), union=union
    )  # fmt: skip
    if not everything:  # else it is closed in the same act
        telling.opened(steps, by=by, at=at, towns=[o.pk for o in concerns])
    for source in sources:
        join(case, source, by=by, at=at)
    kinds.of(case.kind).opened(case, by=by, at=at)
    return case


def require_entry(duty: Duty, at: datetime, by: Any) -> None:
    """Refuses a duty at which no case begins, or not in the edition in force, as `by` sees it."""
    if duty.is_heading:
        raise Refusal(_("No.%(number)s は見出しの行なので、起票できません。") % {"number": duty.number})
    if not duty.is_entry:
        raise Refusal(
            _("No.%(number)s %(work)s は、ほかの作業の後に開く作業です。ここからは起票できません。")
            % {"number": duty.number, "work": duty.work}
        )
    if duty.edition_id != edition_id_on(timezone.localdate(at), by):
        raise Refusal(
            _("この業務は、いまの版の分担表の業務ではありません。依頼・起票の画面から選び直してください。")
        )


def _reporter(
    team: Team, asks: Any, concerns: Sequence[Organization], is_report: bool
) -> Organization | None:
    """依頼元: who reported it, the municipality that raised it, or the one that called."""
    if is_report or team.role.kind == Organization.Kind.MEMBER:
        return team.organization
    return concerns[0] if asks is not None and asks.row.options["organizations"] == "one" else None


@command
def add_choice(task: Task, target: int, *, by: Any, team: Team, at: datetime, reason: str = "") -> Case:
    """Open another of the choices of a step that is closed, while the case is open: by who could close it."""
    case = lock(_case_id(task))
    _require_open(case)
    tasks = tasks_of(case)
    task = next(t for t in tasks if t.pk == task.pk)
    if team not in own_teams(task, by, timezone.localdate(at), CLOSE):
        raise PermissionDenied(_("この作業でこの操作をする権限がありません。"))
    if task.state != Task.State.DONE or target not in {e.target_key for e in choices_of(task, tasks)}:
        raise Refusal(_("その作業は追加できません。"))
    course = dict(task.course or {})
    if target in course.get("to", ()):
        raise Refusal(_("その作業はすでに選ばれています。"))
    task.course = {**course, "to": sorted({*course.get("to", ()), target})}
    task.save(update_fields=["course"])
    advance(case, by=by, at=at)
    line = outline_of(task.duty.edition_id).keys[target]
    record(
        "case.extended", case, by=by, team=team, at=at, stream=stream_of(case),
        duty=f"No.{line.number} {line.work}", reason=reason,
    )  # fmt: skip
    return case


@command
def change_concerns(
    case: Case,
    *,
    by: Any,
    team: Team,
    at: datetime,
    concerns: Sequence[Organization],
    reason: str = "",
) -> Case:
    """Whom an open case concerns from now on: by the ◎ of a step of it that asks for it."""
    case = lock(case.pk)
    _require_open(case)
    today = timezone.localdate(at)
    steps = [t for t in tasks_of(case) if asks_concerns(t)]
    if not any(team in own_teams(t, by, today, CLOSE) for t in steps):
        raise PermissionDenied(_("この案件の関係団体を変える権限がありません。"))
    closing.refuse({k: v for k, v in wrong(case.title, concerns, today).items() if k == "concerns"})
    codes = set_concerns(case, concerns, at=at)
    advance(case, by=by, at=at)
    record(
        "case.concerns", case, by=by, team=team, at=at, stream=stream_of(case), concerns=codes, reason=reason
    )
    return case


def asks_concerns(task: Task) -> bool:
    """Whether the step asks whom the case concerns, several at once (16, 44)."""
    field = concerns_field(fields_asked(task.duty, everything=True))
    return field is not None and field.row.options["organizations"] == "many"


@command
def withdraw(case: Case, *, by: Any, at: datetime, reason: str) -> Case:
    """取り下げ by who asked for it, or by the union; its open steps are withdrawn with it."""
    return _give_up(case, Case.State.WITHDRAWN, by=by, at=at, reason=reason)


@command
def close_as_duplicate(case: Case, of: Case, *, by: Any, at: datetime, reason: str) -> Case:
    """重複: the open steps are withdrawn; who asked for it follows `of` from now on."""
    if of.pk == case.pk or of.state == Case.State.DUPLICATE:
        sentence = _("重複するもとの案件を選び直してください。")
        raise Refusal(sentence, errors={"of": sentence})
    return _give_up(case, Case.State.DUPLICATE, by=by, at=at, reason=reason, of=of)


def may_give_up(case: Case, by: Any, at: datetime) -> bool:
    """依頼元, who raised it where nobody asked for it, and the union."""
    return given_up_by(case, standing_of(by, timezone.localdate(at)))


def given_up_by(case: Case, standing: Standing) -> bool:
    """Whether somebody of that standing may withdraw the case."""
    if case.reporter_id is None:
        is_own = any(t.pk == case.raised_for_id for t in standing.teams)
    else:
        is_own = any(t.organization_id == case.reporter_id for t in standing.teams)
    return standing.is_union or is_own


def _give_up(case: Case, state: str, *, by: Any, at: datetime, reason: str, of: Case | None = None) -> Case:
    case = lock(case.pk)
    _require_open(case)
    closing.need_reason(reason, _("理由を入力してください。"))
    if not may_give_up(case, by, at):
        raise PermissionDenied(_("この案件を取り下げる権限がありません。"))
    steps = case.steps.open().filter(is_withdrawn=False).select_related("organization").order_by("pk")
    for task in steps.select_for_update(of=("self",)):
        withdraw_step(task, by=by, at=at, reason=reason)
    case.state, case.reason, case.closed_at, case.duplicate_of = state, reason, at, of
    case.version += 1
    case.save(update_fields=["state", "reason", "closed_at", "duplicate_of", "version"])
    note_case(case)
    kinds.of(case.kind).changed(case, by=by, at=at)
    casetelling.ended(case, by=by, at=at)
    record(
        f"case.{state}", case, by=by, at=at, stream=stream_of(case), reason=reason, of=of.number if of else ""
    )
    return case


@command
def link(case: Case, source: Case | Task, *, by: Any, at: datetime) -> Case:
    """Join: `case` takes up `source` too, with its municipalities; by who fills in the source."""
    case = lock(case.pk)
    _require_open(case)
    today = timezone.localdate(at)
    steps = tasks_of(source) if isinstance(source, Case) else [source]
    if not any(own_teams(t, by, today, FILL) for t in steps):
        raise PermissionDenied(_("この案件を関連付ける権限がありません。"))
    join(case, source, by=by, at=at)
    return case


def _case_id(task: Task) -> int:
    if task.case_id is None:
        raise Refusal(_("案件の作業ではありません。"))
    return task.case_id


def _require_open(case: Case) -> None:
    if not case.is_open:
        raise Refusal(
            _("%(number)s は「%(state)s」なので、この操作はできません。")
            % {"number": case.number, "state": case.get_state_display()}
        )
