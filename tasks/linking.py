"""A case comes into being: its number, its sources, and the one that closing a step opens. In a command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import is_recording, record
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.prepared import run
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.statement import Insertion
from raci.access import edition_id_on
from raci.models import CaseKind, Duty
from raci.outline import outline_of

from . import kinds, telling
from .caseflow import advance, first_steps, stream_among, stream_of, tasks_of
from .models import Case, CaseLink, Concern, Task
from .raising import carried, fields_asked

P = ParamSpec("P")

#: What apps above know of a case, by field key: a linked one of its own is filled in with it, too.
knowing: list[Callable[[Case], Mapping[str, Any]]] = []


def once_a_form(function: Callable[P, Case]) -> Callable[P, Case]:
    """A command with `token` and `by`: the same form sent twice is one case, and nothing of the second stays.

    Who clicks twice waits at the number for the own first click, then the token is there already."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Case:
        if is_recording():  # the outermost undoes it all
            return function(*args, **kwargs)
        try:
            return function(*args, **kwargs)
        except IntegrityError:
            token, by = kwargs.get("token"), getattr(kwargs["by"], "pk", None)
            there = Case.objects.filter(token=str(token), raised_by=by).first() if token else None
            if there is None:
                raise
            return there

    return wrapper


def create(
    duty: Duty,
    title: str,
    *,
    by: Any,
    team: Team,
    at: datetime,
    reporter: Any,
    concerns: Sequence[Organization],
    token: str = "",
) -> Case:
    """The row of a new case, with the next number of its kind, and whom it concerns; the search does not know
    it yet.

    Raises IntegrityError if the same form raised one before."""
    year, kind = FiscalYear.of(timezone.localdate(at)), CaseKind(duty.case_kind)
    case = Case(
        kind=kind.value,
        fiscal_year=year.year,
        title=title,
        entry=duty,
        reporter=reporter,
        raised_at=at,
        raised_by=by,
        raised_for=team,
        token=token,
    )
    counter, prefix = [kind.value, year.year], f"{kind.prefix}-{year.short}-"
    if CASE.is_whole:
        ids = [o.pk for o in concerns]
        case.pk, case.serial, case.number = CASE.put_whole(case, before=[*counter, prefix], after=[ids])
    else:
        [(case.serial,)] = run(NEXT, *counter)
        case.number = f"{prefix}{case.serial:04}"
        [case.pk] = CASE.put(case)
        concern(case, concerns)
    case._state.adding = False
    return case


def concern(case: Case, organizations: Iterable[Organization]) -> None:
    """The case concerns these, too."""
    CONCERN.put(*(Concern(case=case, organization=o) for o in organizations))


#: Without gaps: the counter's row is locked until the case is stored or both are rolled back.
NEXT = """INSERT INTO tasks_casecounter AS counter (kind, fiscal_year, last) VALUES (%s, %s, 1)
ON CONFLICT (kind, fiscal_year) DO UPDATE SET last = counter.last + 1 RETURNING last"""
CASE = Insertion(
    Case,
    first=f"{NEXT}, CAST(%s AS text) || lpad(last::text, greatest(4, length(last::text)), '0') AS number",
    given={"serial": "(SELECT last FROM first)", "number": "(SELECT number FROM first)"},
    also="""INSERT INTO tasks_concern (case_id, organization_id)
    SELECT put.id, concerned FROM put, unnest(CAST(%s AS bigint[])) AS concerned""",
)
CONCERN = Insertion(Concern)


def open_link(source: Task, target: int, *, by: Any, team: Team, at: datetime) -> Case:
    """The case of duty `target` that closing the step `source` opens, filled in with what is known; the first
    goes on. Raises Refusal if the edition in force has no such entry."""
    edition = edition_id_on(timezone.localdate(at), by)
    line = outline_of(edition).keys.get(target) if edition else None
    if line is None or not line.duty.is_entry or source.case is None:
        raise Refusal(_("関連する案件を起票できません。いまの版の分担表に、その業務がありません。"))
    duty, origin = line.duty, source.case
    known = {k: v for knows in knowing for k, v in knows(origin).items()}
    known |= {k: v for t in tasks_of(origin, source) for k, v in t.answers.items()}
    concerns = list(Organization.objects.filter(concerns__case=origin))
    case = create(
        duty, origin.title, by=by, team=team, at=at, reporter=origin.reporter, concerns=concerns
    )  # fmt: skip
    record(
        "case.raised", case, by=by, team=team, at=at, stream=stream_among(concerns), number=case.number,
        title=case.title, concerns=[o.code for o in concerns], report=True,
    )  # fmt: skip
    answers = carried(known, fields_asked(duty, everything=True))
    steps = first_steps(case, duty, concerns, at=at, answers=answers)
    telling.opened(steps, by=None, at=at, towns=[o.pk for o in concerns])
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
        concern(case, (o for o in more if o.pk not in there))
        advance(case, by=by, at=at)
        record("case.linked", source, by=by, at=at, stream=stream_of(source), to=case.number)
    record(
        "case.joined", case, by=by, at=at, stream=stream_of(case),
        source=source.number if isinstance(source, Case) else f"No.{source.duty.number}",
    )  # fmt: skip
