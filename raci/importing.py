"""Questions and commands of an import: what a file holds, against what it is read, and the draft it makes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from opsdesk.accounts import roles as columns
from opsdesk.accounts.models import Role, User
from opsdesk.audit.record import command, record
from opsdesk.lib import sheets
from opsdesk.lib.refusal import Refusal

from . import drafting, fixture
from .comparison import Difference, compare
from .content import canonical, rows_of
from .editions import stream
from .models import Duty, Edition, Import
from .models.imported import LIFE
from .workbook import reading
from .workbook.adopting import Base, adopt, with_roles
from .workbook.likeness import whole_digest
from .workbook.sheet import Sheet


@dataclass(frozen=True)
class NewRole:
    """A column of the sheet that becomes one of the matrix."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True)
class Preview:
    """What an import would do: `sheet` with the rows to be, and how they differ from `base`.

    `onto`: the draft whose rows are replaced, or None: a new draft from `based_on` (None: the first edition).
    `seen` names what was compared; it is another as soon as the edition, the draft or the roles change."""

    sheet: Sheet
    base: Base
    onto: Edition | None
    based_on: Edition | None
    differences: list[Difference]
    seen: str

    @property
    def is_first(self) -> bool:
        """Is it the first edition of this house?"""
        return self.onto is None and self.based_on is None

    @property
    def can_be_adopted(self) -> bool:
        asks = any(extra.can_be_role for extra in self.sheet.extra_columns)
        return self.sheet.is_sound and bool(self.differences or asks or self.is_first)


def read(content: bytes) -> Sheet:
    """What stands in an uploaded file; Refusal with a sentence if it can't be read. Takes up to 10 seconds,
    so no transaction waits for it."""
    names = dict(Role.objects.values_list("code", "name"))
    return reading.read(sheets.read(content), names)


@command
def keep(sheet: Sheet, *, content: bytes, name: str, by: User, at: datetime) -> Import:
    """Keep what was read for `by`, for a day; what is older goes."""
    Import.objects.filter(uploaded_at__lte=at - LIFE).delete()
    kept = Import.objects.create(
        name=name[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        sheet=sheet.as_json(),
        uploaded_by=by,
        uploaded_at=at,
    )
    record("import.read", kept, by=by, at=at, stream=stream(), name=kept.name, rows=len(sheet.rows))
    return kept


def preview(
    kept: Import, *, onto: Edition | None, today: date, new_roles: Mapping[int, NewRole] | None = None
) -> Preview:
    """What `kept` would change; `new_roles` by the place of the extra column, existing by now."""
    based_on = onto.based_on if onto else based_on_today(today)
    base = _base(onto or based_on)
    kinds = dict(Role.objects.values_list("code", "kind"))
    chosen = {at: role.code for at, role in (new_roles or {}).items()}
    sheet = adopt(with_roles(Sheet.from_json(kept.sheet), chosen), base, kinds)
    differences = compare(base.rows, sheet.rows) if sheet.is_sound else []
    seen = whole_digest([{"rows": base.rows, "onto": onto.pk if onto else 0, "roles": sorted(kinds)}])
    return Preview(sheet, base, onto, based_on, differences, seen)


def based_on_today(today: date) -> Edition | None:
    """The edition in force, or the first one to come while none is."""
    coming = Edition.objects.published().order_by("in_force_on")
    return Edition.objects.in_force(today).first() or coming.first()


def _base(edition: Edition | None) -> Base:
    """Rows to compare with; where there is no edition our own readings of the source sheet."""
    given = Edition.objects.aggregate(most=Max("last_key"))["most"] or 0
    used = Duty.objects.aggregate(most=Max("key"))["most"] or 0
    if edition is not None:
        return Base(rows_of(edition), max(given, used))
    return Base([canonical(row) for row in fixture.source()["duties"]], max(given, used), is_ours=True)


@command
def adopt_into_draft(
    kept: Import,
    *,
    by: User,
    at: datetime,
    onto: Edition | None,
    today: date,
    seen: str,
    new_roles: Mapping[int, NewRole] | None = None,
) -> Edition:
    """Make the new roles and a draft of what was read, or replace the rows of the draft `onto`; all or none.

    Raises Refusal if what `seen` named has changed meanwhile, if it was done already, or with every fault."""
    kept = Import.objects.select_for_update(of=("self",)).get(pk=kept.pk)
    if kept.draft_id:
        raise Refusal(_("このファイルは、すでに%(edition)sとして取り込みました。") % {"edition": kept.draft})
    list(Edition.objects.select_for_update().order_by("pk").values_list("pk"))  # keys are given in turn
    if onto is not None:
        onto = Edition.objects.get(pk=onto.pk)
    if preview(kept, onto=onto, today=today).seen != seen:
        raise Refusal(
            _("表示したあとに、分担表か役割が変わりました。下の違いを確かめ直してから取り込んでください。")
        )
    _make_roles(new_roles or {}, by=by, at=at)
    found = preview(kept, onto=onto, today=today, new_roles=new_roles)
    _refuse_unless_ready(found)
    rows = found.sheet.rows
    if onto is not None:
        draft = drafting.save(onto, rows, by=by, at=at, version=onto.version)
    else:
        draft = drafting.revise(found.based_on, rows=rows, by=by, at=at)
    kept.draft = draft
    kept.save(update_fields=["draft"])
    record(
        "edition.imported", draft, by=by, at=at, stream=stream(),
        name=kept.name, sha256=kept.sha256, cells=len(found.differences),
    )  # fmt: skip
    return draft


def _make_roles(new: Mapping[int, NewRole], *, by: User, at: datetime) -> None:
    last = Role.objects.aggregate(most=Max("position"))["most"] or 0
    for n, role in enumerate(new.values(), 1):
        columns.create(code=role.code, name=role.name, kind=role.kind, position=last + n, by=by, at=at)


def _refuse_unless_ready(found: Preview) -> None:
    if not found.sheet.is_sound:
        words = [f"{p.cell} {p.sentence}" for p in found.sheet.problems if p.is_fatal]
        raise Refusal("\n".join(words[:20]))
    if not found.differences and not found.is_first:
        raise Refusal(_("違いがないので、取り込むものがありません。"))
