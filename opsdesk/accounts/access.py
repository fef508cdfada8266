"""Rules of doors: who may enter a view. A view carries its rule as a mark; DoorMiddleware asks it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsdesk.lib.statement import Statement

from .models import Membership, Organization, Team
from .request import Request

Rule = Callable[[Request], bool]
View = TypeVar("View", bound=Callable[..., Any])
Label = str | Promise

#: Every rule by its name, in the order of this file, for 権限一覧.
RULES: dict[str, Rule] = {}


def allow(rule: Rule, *, label: Label = "") -> Callable[[View], View]:
    """Mark a view with the `rule` of its door; outermost of its decorators. It refuses nothing itself.

    `label` names the screen or the action in 権限一覧."""

    def mark(view: View) -> View:
        view.door = rule  # type: ignore[attr-defined]
        view.door_label = label  # type: ignore[attr-defined]
        return view

    return mark


def label_of(rule: Rule) -> Label:
    """Whom the rule lets in, in words."""
    return getattr(rule, "label", rule.__name__)


def named(label: Label) -> Callable[[Rule], Rule]:
    """Give a rule its name in words and a row in 権限一覧."""

    def name(rule: Rule) -> Rule:
        rule.label = label  # type: ignore[attr-defined]
        RULES[rule.__name__] = rule
        return rule

    return name


@named(_("だれでも（サインインの前でも）"))
def everyone(request: Request) -> bool:
    """だれでも"""
    return True


@named(_("サインインした人"))
def signed_in(request: Request) -> bool:
    """サインインした人"""
    return request.user.is_authenticated


@named(_("担当に所属している人"))
def team_member(request: Request) -> bool:
    """今日、担当に所属している人"""
    return signed_in(request) and bool(teams_today(request))


@named(_("広域組合の担当者"))
def union_member(request: Request) -> bool:
    """今日、広域組合の担当に所属している人"""
    return signed_in(request) and any(
        m.team.role.kind == Organization.Kind.UNION for m in teams_today(request)
    )


@named(_("分担表の改定案を作れる人（広域組合の担当者と管理者）"))
def drafter(request: Request) -> bool:
    """分担表の改定案を作れる人"""
    return administrator(request) or union_member(request)


@named(_("分担表を公開できる人"))
def publisher(request: Request) -> bool:
    """分担表を公開できる人"""
    return team_member(request) and request.user.can_publish_matrix


@named(_("管理者"))
def administrator(request: Request) -> bool:
    """管理者"""
    return signed_in(request) and request.user.is_staff


@named(_("（使いません）"))
def nobody(request: Request) -> bool:
    """使わない画面。あるともないとも言わない（404）"""
    return False


def teams_today(request: Request) -> tuple[Membership, ...]:
    """The memberships that hold on the day of the request."""
    return memberships_on(request.user, request.today)


def memberships_on(user: Any, today: date) -> tuple[Membership, ...]:
    """`user`'s memberships on `today` in teams that stand on that day, with team, role and organization.

    One statement a request: the answer stays on the user object."""
    kept = getattr(user, "_memberships_on", None)
    if kept is None or kept[0] != today:
        kept = (today, _memberships_on(user, today))
        user._memberships_on = kept
    return kept[1]


def _memberships_on(user: Any, today: date) -> tuple[Membership, ...]:
    if not user.is_authenticated or not user.is_active:
        return ()
    rows = getattr(user, "_memberships", None)
    if rows is None:
        rows = HELD.ask(user=user.pk)
    return tuple(m for m in rows if _holds(m, today) and _holds(m.team, today))


def _holds(dated: Membership | Team, today: date) -> bool:
    return dated.starts_on <= today and (dated.ends_on is None or today <= dated.ends_on)


def keep_memberships(user: Any, rows: Sequence[Membership]) -> None:
    """`rows`: all memberships of `user`, ended ones too, with team, role and organization."""
    user._memberships = rows


def _held(*, user: int) -> QuerySet[Membership]:
    return Membership.objects.filter(user=user).select_related("team__role", "team__organization")


HELD = Statement(_held)
