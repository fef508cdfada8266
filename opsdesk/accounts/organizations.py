"""Commands on organizations: a municipality joins, is renamed, leaves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from .changes import apply, locked
from .models import Membership, Organization, OrganizationName, Team, User


@command
def create(
    *, code: str, kind: str, name: str, joined_on: date, by: User | None, at: datetime, **fields: Any
) -> Organization:
    """A new organization; its name is dated from the day it joined. `short_name` is its name unless given.

    Raises Refusal for a second union and for a code that is taken."""
    if Organization.objects.filter(code=code).exists():
        raise Refusal(_("コード %(code)s の団体はすでにあります。") % {"code": code})
    if kind == Organization.Kind.UNION and Organization.objects.filter(kind=kind).exists():
        raise Refusal(_("広域組合は一つだけ登録できます。"))
    fields["short_name"] = fields.get("short_name") or name[:40]
    organization = Organization.objects.create(code=code, kind=kind, name=name, joined_on=joined_on, **fields)
    OrganizationName.objects.create(
        organization=organization, name=name, kana=organization.kana, starts_on=joined_on
    )
    record("organization.created", organization, by=by, at=at, stream=code, name=name, joined_on=joined_on)
    return organization


@command
def change(organization: Organization, *, by: User | None, at: datetime, **values: Any) -> Organization:
    """Change what has no history of its own: short name, reading, order, limits, start of operation."""
    organization = locked(organization)
    changed = apply(organization, values)
    if changed:
        record("organization.changed", organization, by=by, at=at, stream=organization.code, changed=changed)
    return organization


@command
def rename(
    organization: Organization,
    *,
    name: str,
    from_on: date,
    by: User | None,
    at: datetime,
    short_name: str = "",
    kana: str = "",
) -> Organization:
    """Give `organization` the new `name` from the day `from_on`, today or earlier; the old one is kept.

    Raises Refusal for a day to come and for one that is not after the start of the present name."""
    organization = locked(organization)
    if from_on > timezone.localdate(at):
        raise Refusal(_("新しい名称は、その名称になった日から登録できます。"))
    present = organization.names.filter(ends_on=None).last()
    if present and from_on <= present.starts_on:
        raise Refusal(_("いまの名称が始まった日より後の日付を入れてください。"))
    if present:
        apply(present, {"ends_on": from_on - timedelta(days=1)})
    OrganizationName.objects.create(organization=organization, name=name, kana=kana, starts_on=from_on)
    before = organization.name
    apply(
        organization,
        {"name": name, "short_name": short_name or name[:40], "kana": kana or organization.kana},
    )
    record(
        "organization.renamed",
        organization,
        by=by,
        at=at,
        stream=organization.code,
        before=before,
        name=name,
        from_on=from_on,
    )
    return organization


@command
def leave(organization: Organization, *, on: date, by: User | None, at: datetime) -> Organization:
    """`on` is the last day of `organization`: its teams and memberships end with it.

    Raises Refusal for the union, and for a day before it joined."""
    organization = locked(organization)
    if organization.kind == Organization.Kind.UNION:
        raise Refusal(_("広域組合は脱退できません。"))
    if on < organization.joined_on:
        raise Refusal(_("脱退日は加入日より後の日付にしてください。"))
    apply(organization, {"left_on": on})
    end_after(Membership.objects.filter(team__organization=organization), on)
    end_after(Team.objects.filter(organization=organization), on)
    record("organization.left", organization, by=by, at=at, stream=organization.code, left_on=on)
    return organization


def end_after(rows: Any, on: date) -> int:
    """End those of the dated `rows` that would last longer than `on`; returns how many.

    Rows that begin later keep an end before their start, and so never hold."""
    return rows.exclude(ends_on__lte=on).update(ends_on=on)
