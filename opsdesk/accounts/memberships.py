"""Commands on memberships: a person joins a team and leaves it, on days."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from .changes import apply, locked
from .models import Membership, Team, User


@command
def join(
    user: User,
    *,
    team: Team,
    starts_on: date,
    by: User | None,
    at: datetime,
    is_approver: bool = False,
    ends_on: date | None = None,
) -> Membership:
    """`user` works for `team` from `starts_on` (to `ends_on`).

    Raises Refusal for a deactivated person, days outside the team's, and a membership that overlaps."""
    user = locked(user)
    if not user.is_active:
        raise Refusal(_("%(user)sさんは利用停止中です。先に利用を再開してください。") % {"user": user})
    _check_days(team, starts_on, ends_on)
    held = Membership.objects.filter(user=user, team=team).filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
    if ends_on:
        held = held.filter(starts_on__lte=ends_on)
    if held.exists():
        raise Refusal(
            _("%(user)sさんは、その期間すでに「%(team)s」に所属しています。") % {"user": user, "team": team}
        )
    membership = Membership.objects.create(
        user=user, team=team, is_approver=is_approver, starts_on=starts_on, ends_on=ends_on
    )
    record(
        "membership.joined",
        user,
        by=by,
        at=at,
        stream=team.organization.code,
        team_id=team.pk,
        team_label=team.name,
        is_approver=is_approver,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    return membership


@command
def change(membership: Membership, *, is_approver: bool, by: User | None, at: datetime) -> Membership:
    """Make a member an approver (課長), or an approver a member."""
    membership = locked(membership)
    changed = apply(membership, {"is_approver": is_approver})
    if changed:
        record(
            "membership.changed",
            membership.user,
            by=by,
            at=at,
            stream=membership.team.organization.code,
            team_label=membership.team.name,
            is_approver=is_approver,
        )
    return membership


@command
def leave(membership: Membership, *, on: date, by: User | None, at: datetime) -> Membership:
    """`on` is the last day of the membership; raises Refusal for a day before it began."""
    membership = locked(membership)
    _check_days(membership.team, membership.starts_on, on)
    apply(membership, {"ends_on": on})
    record(
        "membership.left",
        membership.user,
        by=by,
        at=at,
        stream=membership.team.organization.code,
        team_label=membership.team.name,
        ends_on=on,
    )
    return membership


def _check_days(team: Team, starts_on: date, ends_on: date | None) -> None:
    if ends_on and ends_on < starts_on:
        raise Refusal(_("終了日は開始日より後の日付にしてください。"))
    if starts_on < team.starts_on or (team.ends_on and starts_on > team.ends_on):
        raise Refusal(_("担当「%(team)s」がある期間の日付を入れてください。") % {"team": team})
