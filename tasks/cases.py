"""Commands on a case as a whole: raise, add a choice, withdraw, close as duplicate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import command, record
from opsdesk.calendar.book import calendar_of
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.refusal import Refusal
from raci.access import standing_of
from raci.definition import definition_of
from raci.models import CaseKind, Duty, Mark, Scope

from .answers import Setting, fields_of, is_empty, read
from .asked import Reading
from .caseflow import advance, choices_of, lock, open_step, tasks_of
from .casegraph import graph_of
from .models import Case, CaseCounter, Concern, Task

RAISE = frozenset({Mark.MAIN.value, Mark.SUPPORT.value})


@command
def raise_case(
    duty: Duty,
    *,
    by: Any,
    team: Team,
    at: datetime,
    title: str,
    concerns: Sequence[Organization],
    answers: Mapping[str, Any] | None = None,
    linked_from: Case | None = None,
) -> Case:
    """起票する: a case at the entry duty `duty` of the edition in force, for `team`, which has ◎ or ○.

    `answers` are those asked when it is raised, as typed. A municipality raises for itself only. Raises
    Refusal (errors by field, `title`, `concerns`)."""
    _require_entry(duty)
    if team not in standing_of(by, timezone.localdate(at)).teams or _mark(duty, team) not in RAISE:
        raise PermissionDenied(_("この業務を起票する権限がありません。"))
    if team.role.kind == Organization.Kind.MEMBER and [o.pk for o in concerns] != [team.organization_id]:
        raise Refusal(_("構成団体が起票できるのは、自団体の案件だけです。"))
    reading = asked(duty, answers or {}, at)
    errors = {**reading.errors, **missing_when_raised(duty, reading.answers), **_wrong(title, concerns, at)}
    if errors:
        raise Refusal(_("入力内容を確認してください。"), errors=errors)
    reporter = team.organization if team.role.kind == Organization.Kind.MEMBER else None
    case = _create(duty, title, by=by, team=team, at=at, reporter=reporter, linked_from=linked_from)
    Concern.objects.bulk_create(Concern(case=case, organization=o) for o in concerns)
    places = [o.pk for o in concerns] if duty.scope == Scope.EACH else [0]
    for place in places:
        open_step(case, duty, place, at=at, tasks=(), answers=reading.answers)
    record(
        "case.raised", case, by=by, team=team, at=at, stream=team.organization.code,
        number=case.number, title=title, concerns=[o.code for o in concerns],
    )  # fmt: skip
    return case


def _require_entry(duty: Duty) -> None:
    if duty.is_heading:
        raise Refusal(_("No.%(number)s は見出しの行なので、起票できません。") % {"number": duty.number})
    if not duty.is_entry:
        raise Refusal(
            _("No.%(number)s %(work)s は、ほかの作業の後に開く作業です。ここからは起票できません。")
            % {"number": duty.number, "work": duty.work}
        )


def _mark(duty: Duty, team: Team) -> str:
    return definition_of(duty.pk).mark_of(team.role_id)


def asked(duty: Duty, answers: Mapping[str, Any], at: datetime) -> Reading:
    """The answers given when a case is raised, read; what isn't asked then is left out."""
    fields = [f for f in fields_of(definition_of(duty.pk).fields) if is_asked(f.row)]
    setting = Setting(today=timezone.localdate(at), calendar=calendar_of(), limit_percent=0)
    return read(fields, answers, setting)


def is_asked(row: Any) -> bool:
    return row.is_asked or any(column.is_asked for column in row.columns.all())


def missing_when_raised(duty: Duty, answers: Mapping[str, Any]) -> dict[str, str]:
    return {
        f.key: _("%(label)sを入力してください。") % {"label": f.row.label}
        for f in fields_of(definition_of(duty.pk).fields)
        if f.row.is_asked and f.row.is_required and f.kind != "file" and is_empty(answers.get(f.key))
    }


def _wrong(title: str, concerns: Sequence[Organization], at: datetime) -> dict[str, str]:
    errors = {}
    if not title.strip():
        errors["title"] = _("件名を入力してください。")
    elif len(title) > 200:
        errors["title"] = _("件名は200文字までです。")
    if not concerns:
        errors["concerns"] = _("関係する団体を選んでください。")
    elif any(o.left_on and o.left_on < timezone.localdate(at) for o in concerns):
        errors["concerns"] = _("脱退した団体が入っています。")
    return errors


def _create(
    duty: Duty, title: str, *, by: Any, team: Team, at: datetime, reporter: Any, linked_from: Case | None
) -> Case:
    year = FiscalYear.of(timezone.localdate(at))
    kind = CaseKind(duty.case_kind)
    serial = _next_number(kind, year)
    return Case.objects.create(
        kind=kind,
        fiscal_year=year.year,
        serial=serial,
        number=f"{kind.prefix}-{year.short}-{serial:04}",
        title=title,
        entry=duty,
        reporter=reporter,
        raised_at=at,
        raised_by=by,
        raised_for=team,
        linked_from=linked_from,
    )


def _next_number(kind: str, year: FiscalYear) -> int:
    """Without gaps: the counter's row is locked until the case is stored or both are rolled back."""
    CaseCounter.objects.get_or_create(kind=kind, fiscal_year=year.year)
    counter = CaseCounter.objects.select_for_update().get(kind=kind, fiscal_year=year.year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


@command
def add_choice(task: Task, target: int, *, by: Any, team: Team, at: datetime) -> Case:
    """Open another of the choices of a step that is closed, while the case is open."""
    assert task.case_id is not None, "a step of a case"
    case = lock(task.case_id)
    task = case.steps.select_related("duty", "organization").get(pk=task.pk)
    _require_open(case)
    if team not in standing_of(by, timezone.localdate(at)).teams or _mark(task.duty, team) != Mark.MAIN:
        raise PermissionDenied(_("この作業でこの操作をする権限がありません。"))
    tasks = tasks_of(case)
    if task.state != Task.State.DONE or target not in {e.target_key for e in choices_of(task, tasks)}:
        raise Refusal(_("その作業は追加できません。"))
    course = dict(task.course or {})
    if target in course.get("to", ()):
        raise Refusal(_("その作業はすでに選ばれています。"))
    task.course = {**course, "to": sorted({*course.get("to", ()), target})}
    task.save(update_fields=["course"])
    advance(case, by=by, at=at)
    record("case.extended", case, by=by, team=team, at=at, stream=team.organization.code, target=target)
    return case


@command
def withdraw(case: Case, *, by: Any, at: datetime, reason: str) -> Case:
    """取り下げ by who asked for it, or by the union; its open steps are withdrawn with it."""
    return _give_up(case, Case.State.WITHDRAWN, by=by, at=at, reason=reason)


@command
def close_as_duplicate(case: Case, of: Case, *, by: Any, at: datetime, reason: str) -> Case:
    """重複: the open steps are withdrawn; who asked for it follows `of` from now on."""
    if of.pk == case.pk or of.state == Case.State.DUPLICATE:
        raise Refusal(_("重複するもとの案件を選び直してください。"))
    return _give_up(case, Case.State.DUPLICATE, by=by, at=at, reason=reason, of=of)


def _give_up(case: Case, state: str, *, by: Any, at: datetime, reason: str, of: Case | None = None) -> Case:
    case = lock(case.pk)
    _require_open(case)
    if not reason.strip():
        sentence = _("理由を入力してください。")
        raise Refusal(sentence, errors={"reason": sentence})
    standing = standing_of(by, timezone.localdate(at))
    is_own = any(t.organization_id == case.reporter_id or t.pk == case.raised_for_id for t in standing.teams)
    if not (standing.is_union or is_own):
        raise PermissionDenied(_("この案件を取り下げる権限がありません。"))
    for task in case.steps.open().filter(is_withdrawn=False).select_for_update(of=("self",)).order_by("pk"):
        task.state, task.is_withdrawn, task.reason = Task.State.SKIPPED, True, reason
        task.closed_at, task.closed_by = at, by
        task.version += 1
        task.save(update_fields=["state", "is_withdrawn", "reason", "closed_at", "closed_by", "version"])
    case.state, case.reason, case.closed_at, case.duplicate_of = state, reason, at, of
    case.version += 1
    case.save(update_fields=["state", "reason", "closed_at", "duplicate_of", "version"])
    record(
        f"case.{state}", case, by=by, at=at, stream=_union_code(), reason=reason,
        of=of.number if of else "",
    )  # fmt: skip
    return case


def _require_open(case: Case) -> None:
    if not case.is_open:
        raise Refusal(
            _("%(number)s は「%(state)s」なので、この操作はできません。")
            % {"number": case.number, "state": case.get_state_display()}
        )


def _union_code() -> str:
    return Organization.objects.values_list("code", flat=True).get(kind=Organization.Kind.UNION)


def chain_of(case: Case) -> set[int]:
    """Keys of every duty that the case may come to."""
    return graph_of(case.entry.edition_id).chain(case.entry.key)
