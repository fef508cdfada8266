"""Commands on teams: who holds a role, from a day to a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.audit.record import command, record
from opsdesk.lib.era import era_date
from opsdesk.lib.refusal import Refusal

from .changes import apply, locked
from .models import Membership, Organization, Role, Team, User
from .organizations import end_after


@command
def create(
    role: Role,
    *,
    organization: Organization,
    starts_on: date,
    by: User | None,
    at: datetime,
    name: str = "",
    ends_on: date | None = None,
) -> Team:
    """`organization` holds `role` from `starts_on`.

    Raises Refusal if the role is not for that kind of organization, or is held already at that time:
    構成団体 has a team per municipality, every other role one team."""
    role = locked(role)
    if role.kind != organization.kind:
        raise Refusal(
            _("役割「%(role)s」は%(kind)sの担当です。団体を選び直してください。")
            % {"role": role, "kind": Organization.Kind(role.kind).label}
        )
    held = Team.objects.filter(role=role).filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
    if ends_on:
        held = held.filter(starts_on__lte=ends_on)
    if role.kind == Organization.Kind.MEMBER:
        held = held.filter(organization=organization)
    other = held.first()
    if other:
        raise Refusal(
            _("役割「%(role)s」の担当は、その期間に「%(team)s」がいます。先にその担当を終了してください。")
            % {"role": role, "team": other}
        )
    name = name or (organization.short_name if role.kind == Organization.Kind.MEMBER else role.name)
    team = Team.objects.create(
        role=role, organization=organization, name=name, starts_on=starts_on, ends_on=ends_on
    )
    record(
        "team.created",
        team,
        by=by,
        at=at,
        stream=organization.code,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    return team


@command
def change(team: Team, *, name: str, by: User | None, at: datetime) -> Team:
    """Give a team another name."""
    team = locked(team)
    changed = apply(team, {"name": name})
    if changed:
        record("team.changed", team, by=by, at=at, stream=team.organization.code, changed=changed)
    return team


@command
def end(team: Team, *, on: date, by: User | None, at: datetime) -> Team:
    """`on` is the last day of the team and its memberships: from 00:00 on its people see nothing of it.

    Raises Refusal for a day before it began."""
    team = locked(team)
    if on < team.starts_on:
        raise Refusal(_("終了日は開始日より後の日付にしてください。"))
    apply(team, {"ends_on": on})
    end_after(Membership.objects.filter(team=team), on)
    record("team.ended", team, by=by, at=at, stream=team.organization.code, ends_on=on)
    return team


@command
def pass_on(role: Role, *, to: Organization, on: date, by: User | None, at: datetime, name: str = "") -> Team:
    """`to` holds `role` from `on` at 00:00; the team before it and its memberships end the day before.

    Open work and history belong to the role, and so pass by themselves. Raises Refusal for 構成団体 (whose
    teams come and go with it), for a day that is past, and if a next team is there already."""
    if role.kind == Organization.Kind.MEMBER:
        raise Refusal(_("構成団体の担当は、団体の加入・脱退で替わります。"))
    if on < timezone.localdate(at):
        raise Refusal(_("交代する日は、今日からの日付にしてください。"))
    role = locked(role)
    held = Team.objects.filter(role=role).filter(Q(ends_on=None) | Q(ends_on__gte=on))
    if later := held.filter(starts_on__gte=on).first():
        raise Refusal(
            _("%(day)sからの担当「%(team)s」がすでに登録されています。")
            % {"day": era_date(later.starts_on), "team": later}
        )
    for team in held:
        end(team, on=on - timedelta(days=1), by=by, at=at)
    return create(role, organization=to, starts_on=on, name=name, by=by, at=at)
