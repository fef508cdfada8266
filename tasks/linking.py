"""A case comes into being: its number, its sources, and the one that closing a step opens. In a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team, User
from opsdesk.audit.record import record
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.refusal import Refusal
from raci.models import CaseKind, Duty, Edition, Scope
from raci.outline import outline_of

from . import kinds, telling
from .caseflow import advance, open_step, stream_of, tasks_of
from .indexing import note_case
from .models import Case, CaseCounter, CaseLink, Concern, Task
from .raising import carried, fields_asked

#: What apps above know of a case, by field key: a linked one of its own is filled in with it, too.
knowing: list[Callable[[Case], Mapping[str, Any]]] = []


def raised_already(token: str, by: Any) -> Case | None:
    """The case that the same form raised before; who clicks twice waits for the own first click."""
    if not token:
        return None
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    return Case.objects.filter(token=token, raised_by=by).first()


def create(
    duty: Duty, title: str, *, by: Any, team: Team, at: datetime, reporter: Any, token: str = ""
) -> Case:
    """The row of a new case, with the next number of its kind."""
    year = FiscalYear.of(timezone.localdate(at))
    kind = CaseKind(duty.case_kind)
    serial = _next_number(kind, year)
    case = Case.objects.create(
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
        token=token,
    )
    note_case(case)
    return case


def _next_number(kind: str, year: FiscalYear) -> int:
    """Without gaps: the counter's row is locked until the case is stored or both are rolled back."""
    CaseCounter.objects.get_or_create(kind=kind, fiscal_year=year.year)
    counter = CaseCounter.objects.select_for_update().get(kind=kind, fiscal_year=year.year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def open_link(source: Task, target: int, *, by: Any, team: Team, at: datetime) -> Case:
    """The case of duty `target` that closing the step `source` opens, filled in with what is known; the first
    goes on. Raises Refusal if the edition in force has no such entry."""
    edition = Edition.objects.in_force(timezone.localdate(at)).first()
    line = outline_of(edition.pk).keys.get(target) if edition else None
    if line is None or not line.duty.is_entry or source.case is None:
        raise Refusal(_("関連する案件を起票できません。いまの版の分担表に、その業務がありません。"))
    duty, origin = line.duty, source.case
    known = {k: v for knows in knowing for k, v in knows(origin).items()}
    known |= {k: v for t in tasks_of(origin, source) for k, v in t.answers.items()}
    case = create(duty, origin.title, by=by, team=team, at=at, reporter=origin.reporter)
    concerns = list(Organization.objects.filter(concerns__case=origin))
    Concern.objects.bulk_create(Concern(case=case, organization=o) for o in concerns)
    record(
        "case.raised", case, by=by, team=team, at=at, stream=stream_of(case), number=case.number,
        title=case.title, concerns=[o.code for o in concerns], report=True,
    )  # fmt: skip
    answers = carried(known, fields_asked(duty, everything=True))
    places = [o.pk for o in concerns] if duty.scope == Scope.EACH else [0]
    telling.opened([open_step(case, duty, place, at=at, answers=answers) for place in places], by=None, at=at)
    join(case, origin, by=by, at=at)
    kinds.of(case.kind).opened(case, by=by, at=at)
    return case


def join(case: Case, source: Case | Task, *, by: Any, at: datetime) -> None:
    """The locked `case` takes up `source`, with its municipalities; twice is once."""
    is_case = isinstance(source, Case)
    if is_case and source.pk == case.pk:
        raise Refusal(_("案件をそれ自身に関連付けることはできません。"))
    of = {"source": source} if is_case else {"task": source}
    _row, is_new = CaseLink.objects.get_or_create(case=case, **of, defaults={"by": by, "at": at})
    if not is_new:
        return
    if isinstance(source, Case):
        there = set(case.concerns.values_list("organization_id", flat=True))
        more = [c.organization for c in source.concerns.select_related("organization")]
        Concern.objects.bulk_create(Concern(case=case, organization=o) for o in more if o.pk not in there)
        advance(case, by=by, at=at)
        record("case.linked", source, by=by, at=at, stream=stream_of(source), to=case.number)
    record(
        "case.joined", case, by=by, at=at, stream=stream_of(case),
        source=source.number if isinstance(source, Case) else f"No.{source.duty.number}",
    )  # fmt: skip
