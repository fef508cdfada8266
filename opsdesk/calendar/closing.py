"""Commands: add, change, remove a holiday, a closed day, an open day or an era."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.access import memberships_on
from opsdesk.accounts.models import Organization
from opsdesk.audit.record import command, record
from opsdesk.lib import era
from opsdesk.lib.refusal import Refusal

from .models import ClosedDay, Era, Holiday, OpenDay

Row = Holiday | ClosedDay | OpenDay | Era
NOUNS: dict[type[models.Model], str] = {
    Holiday: "holiday",
    ClosedDay: "closed_day",
    OpenDay: "open_day",
    Era: "era",
}


@command
def add(row: Row, *, by: Any, at: datetime) -> Row:
    """Store the new `row`; Refusal if `by` may not, or if the day is there already."""
    _check(row, by, at)
    _save(row)
    _record("added", row, by, at)
    return row


@command
def add_all(rows: Sequence[ClosedDay | OpenDay], *, by: Any, at: datetime) -> int:
    """Store all of `rows` or, by a Refusal that names the day, none. Returns how many."""
    for row in rows:
        try:
            add(row, by=by, at=at)
        except Refusal as no:
            raise Refusal(f"{era.era_date(row.on)}: {no}") from no
    return len(rows)


@command
def change(row: Row, *, by: Any, at: datetime) -> Row:
    """Store what was changed on `row`; the Event keeps what stood there before."""
    _check(row, by, at)
    before = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    _save(row, update_fields=[f.name for f in row._meta.concrete_fields if not f.primary_key])
    _record("changed", row, by, at, before=_columns(before))
    return row


@command
def remove(row: Row, *, by: Any, at: datetime) -> None:
    """Take `row` out of the calendar; what it was stays in the Event."""
    _check_right(row, by, at)
    row = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    _record("removed", row, by, at)
    row.delete()
    transaction.on_commit(era.forget)


def _check(row: Row, by: Any, at: datetime) -> None:
    _check_right(row, by, at)
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refusal(" ".join(error.messages)) from error


def _check_right(row: Row, by: Any, at: datetime) -> None:
    """Administrators; closed and open days the union's people too. `by` None is the system itself."""
    if by is None or by.is_staff:
        return
    if isinstance(row, ClosedDay | OpenDay) and is_of_union(by, timezone.localdate(at)):
        return
    raise Refusal(_("開庁日の変更は、管理者だけができます（休庁日と臨時開庁日は広域組合の担当者も）。"))


def is_of_union(user: Any, today: date) -> bool:
    return any(m.team.role.kind == Organization.Kind.UNION for m in memberships_on(user, today))


def _save(row: Row, **kwargs: Any) -> None:
    try:
        with transaction.atomic():
            row.save(**kwargs)
    except IntegrityError as error:  # somebody was faster
        raise Refusal(_("この日はすでに登録されています。")) from error
    transaction.on_commit(era.forget)


def _record(verb: str, row: Row, by: Any, at: datetime, **data: Any) -> None:
    stream = stream_of(getattr(row, "organization", None))
    record(f"{NOUNS[type(row)]}.{verb}", row, by=by, at=at, stream=stream, **_columns(row), **data)


def _columns(row: Row) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}


def stream_of(organization: Organization | None) -> str:
    """The code of `organization`, of the union if it is for all; "union" before there is one."""
    if organization is not None:
        return organization.code
    codes = Organization.objects.filter(kind=Organization.Kind.UNION).values_list("code", flat=True)
    return codes.first() or Organization.Kind.UNION.value
