"""Question: what raising a case asks, what was typed, whom it concerns, and who may raise what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.calendar.book import calendar_of, days_of
from opsdesk.lib.statement import Statement
from raci.access import Standing
from raci.definition import definition_of
from raci.models import Duty, FieldKind, Mark
from raci.outline import Line, outline_of

from .answers import Field, Setting, fields_of, is_empty, read
from .asked import Reading
from .choices import member_names

TITLE_LIMIT = 200
#: Marks with which a team raises a case.
RAISE = frozenset({Mark.MAIN.value, Mark.SUPPORT.value})


def entries(edition_id: int) -> list[Line]:
    """The entry duties of a published edition, in the sheet's order."""
    return [line for line in outline_of(edition_id).lines.values() if line.duty.is_entry]


def raisers(duty: Duty, standing: Standing) -> list[Team]:
    """The person's teams for which a case may be raised at `duty`: ◎ or ○, the strongest first."""
    marks = outline_of(duty.edition_id).lines[duty.pk].marks
    found = [t for t in standing.teams if marks.get(t.role_id) in RAISE]
    return sorted(found, key=lambda t: marks[t.role_id] != Mark.MAIN)


def is_reported(duty: Duty) -> bool:
    """What anybody may report (通報・問合せ): it is received at once."""
    return duty.is_entry and bool(duty.standard_due.get("at_once"))


def closes_at_once(duty: Duty, team: Team) -> bool:
    """登録する: raised and closed in one act by the team with ◎, and not only opened."""
    marks = outline_of(duty.edition_id).lines[duty.pk].marks
    return is_reported(duty) and marks.get(team.role_id) == Mark.MAIN


def fields_asked(duty: Duty, *, everything: bool = False) -> tuple[Field, ...]:
    """The fields that raising asks; `everything`: those of closing too."""
    fields = fields_of(definition_of(duty.pk).fields)
    return fields if everything else tuple(f for f in fields if _is_asked(f))


def _is_asked(f: Field) -> bool:
    return f.row.is_asked or any(column.is_asked for column in f.columns)


def read_asked(
    fields: Sequence[Field], answers: Mapping[str, Any], at: datetime, *, files: Collection[str] = ()
) -> Reading:
    """What was typed, by the rules of closing; `missing` names only what raising asks."""
    today = timezone.localdate(at)
    setting = Setting(
        today=today,
        calendar=SimpleLazyObject(calendar_of),
        files=frozenset(files),
        organizations=member_names(),
    )
    reading = read(fields, answers, setting)
    asked = {f.key for f in fields if f.row.is_asked}
    columns = {(f.key, c.key) for f in fields for c in f.columns if c.is_asked}
    reading.missing = {
        where: sentence for where, sentence in reading.missing.items() if _is_due(where, asked, columns)
    }
    return reading


def _is_due(where: str, asked: set[str], columns: set[tuple[str, str]]) -> bool:
    key, _dot, rest = where.partition(".")
    return (key, rest.rpartition(".")[2]) in columns if rest else key in asked


def told(fields: Iterable[Field], missing: Mapping[str, str]) -> dict[str, str]:
    """Of what is missing, that without which a report says nothing: the long texts."""
    long = {f.key for f in fields if f.row.options.get("multiline")}
    return {key: sentence for key, sentence in missing.items() if key in long}


def concerns_field(fields: Iterable[Field]) -> Field | None:
    """The field that says whom the case concerns, if the duty asks that itself."""
    return next((f for f in fields if f.row.options.get("organizations")), None)


def codes_of(value: Any) -> list[str]:
    """The answer of such a field as codes of organizations."""
    return list(value) if isinstance(value, list) else [value] if value else []


def concerns_said(task: Any) -> list[str]:
    """Codes of whom a step of a case says that it concerns; [] if it does not say it."""
    field = concerns_field(fields_asked(task.duty, everything=True))
    return codes_of(task.answers.get(field.key)) if field else []


def members_on(today: date, codes: Collection[str] | None = None) -> list[Organization]:
    """The municipalities that are members on `today`, in order; those with one of `codes`."""
    named = {f"code_{n}": code for n, code in enumerate(sorted(set(codes or ())))}
    return MEMBERS.ask(codes is None, today=today, **named)


class Places(NamedTuple):
    """The municipalities that a case is to concern, and the union with its calendar."""

    towns: list[Organization]
    union: Organization


def places_on(today: date, codes: Collection[str]) -> Places:
    """`members_on`, and the union; one statement."""
    named = {f"code_{n}": code for n, code in enumerate(sorted(set(codes)))}
    rows = PLACES.ask(today=today, **named)
    return Places(
        [o for o in rows if o.kind == Organization.Kind.MEMBER],
        next(o for o in rows if o.kind == Organization.Kind.UNION),
    )


def _are_members(today: date) -> Q:
    standing = Q(left_on=None) | Q(left_on__gte=today)
    return standing & Q(kind=Organization.Kind.MEMBER, joined_on__lte=today)


def _members(is_all: bool, *, today: date, **codes: str) -> QuerySet[Organization]:
    rows = Organization.objects.filter(_are_members(today))
    return rows if is_all else rows.filter(code__in=codes.values())


def _places(*, today: date, **codes: str) -> QuerySet[Organization]:
    union = Organization.Kind.UNION
    wanted = (_are_members(today) & Q(code__in=list(codes.values()))) | Q(kind=union)
    return Organization.objects.filter(wanted).annotate(**days_of("pk", union))


MEMBERS, PLACES = Statement(_members), Statement(_places)


def wrong(title: str, concerns: Sequence[Organization], today: date) -> dict[str, str]:
    """Errors of `title` and `concerns`."""
    errors = {}
    if not title.strip():
        errors["title"] = _("件名を入力してください。")
    elif len(title) > TITLE_LIMIT:
        errors["title"] = _("件名は%(limit)s文字までです。") % {"limit": TITLE_LIMIT}
    if not concerns:
        errors["concerns"] = _("関係する団体を選んでください。")
    elif any(o.left_on and o.left_on < today for o in concerns):
        errors["concerns"] = _("脱退した団体が入っています。選び直してください。")
    elif any(o.kind != Organization.Kind.MEMBER for o in concerns):
        errors["concerns"] = _("関係する団体は構成団体から選んでください。")
    return errors


def carried(source: Mapping[str, Any], fields: Iterable[Field]) -> dict[str, Any]:
    """Answers of one case that another one's fields of the same name can take."""
    return {
        f.key: source[f.key]
        for f in fields
        if not is_empty(source.get(f.key))
        and f.kind not in (FieldKind.FILE, FieldKind.LINES)
        and (not f.row.choices or source[f.key] in f.row.choices)
    }
