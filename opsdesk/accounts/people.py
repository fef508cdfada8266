"""Commands on people: created, changed, deactivated and back. Nobody is ever deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from .changes import apply, locked
from .models import Membership, StartCode, User
from .organizations import end_after
from .streams import stream_of

#: What upper floors ask before a person goes, registered in AppConfig.ready: each is called as
#: f(person, to=User | None, by=…, at=…) inside the command, hands the person's open work to `to`,
#: and raises StillBusy if there is some and `to` is None.
before_leaving: list[Callable[..., Any]] = []


class StillBusy(Refusal):
    """The person still has work; somebody must take it over first."""


@command
def create(*, login: str, name: str, by: User | None, at: datetime, **fields: Any) -> User:
    """A new person, who can't sign in without a start code. Raises Refusal for a login that is taken."""
    if User.objects.filter(login__iexact=login).exists():
        raise Refusal(_("ログインID %(login)s はすでに使われています。") % {"login": login})
    user = User(login=login, name=name, joined_at=at, **fields)
    user.set_unusable_password()
    user.save()
    record("account.created", user, by=by, at=at, stream=stream_of(user.organization), login=login, name=name)
    return user


@command
def change(user: User, *, by: User | None, at: datetime, **values: Any) -> User:
    """Change a person's fields. Raises Refusal if no administrator would be left."""
    user = locked(user)
    if values.get("is_staff") is False and user.is_staff:
        _keep_an_administrator(user)
    if "login" in values and User.objects.filter(login__iexact=values["login"]).exclude(pk=user.pk).exists():
        raise Refusal(_("ログインID %(login)s はすでに使われています。") % {"login": values["login"]})
    changed = apply(user, values)
    if changed:
        record("account.changed", user, by=by, at=at, stream=stream_of(user.organization), changed=changed)
    return user


@command
def deactivate(user: User, *, by: User | None, at: datetime, to: User | None = None) -> User:
    """End `user`'s access now: sessions, start codes and memberships; open work goes to `to`.

    Raises StillBusy if there is open work and `to` is None; Refusal for oneself, the last administrator."""
    people = User.objects.select_for_update(of=("self",)).filter(pk__in={user.pk, to.pk if to else user.pk})
    found = {person.pk: person for person in people.order_by("pk")}
    user, to = found[user.pk], found[to.pk] if to else None
    if not user.is_active:
        raise Refusal(_("%(user)sさんはすでに利用停止中です。") % {"user": user})
    if by is not None and by.pk == user.pk:
        raise Refusal(_("自分自身の利用を止めることはできません。ほかの管理者に頼んでください。"))
    if to is not None and (to.pk == user.pk or not to.is_active):
        raise Refusal(_("引き継ぐ相手には、利用中のほかの人を選んでください。"))
    if user.is_staff:
        _keep_an_administrator(user)
    for ask in before_leaving:
        ask(user, to=to, by=by, at=at)
    user.is_active = False
    user.set_unusable_password()  # ends every session, for good
    user.save(update_fields=["is_active", "password"])
    end_after(Membership.objects.filter(user=user), timezone.localdate(at))
    StartCode.objects.filter(user=user, used_at=None, expires_at__gt=at).update(expires_at=at)
    record(
        "account.deactivated",
        user,
        by=by,
        at=at,
        stream=stream_of(user.organization),
        to=to.pk if to else None,
        to_name=str(to or ""),
    )
    return user


@command
def reactivate(user: User, *, by: User | None, at: datetime) -> User:
    """Let `user` come back: without memberships, and with a new start code to be issued."""
    user = locked(user)
    if user.is_active:
        raise Refusal(_("%(user)sさんは利用中です。") % {"user": user})
    apply(user, {"is_active": True})
    record("account.reactivated", user, by=by, at=at, stream=stream_of(user.organization))
    return user


@command
def set_password(user: User, password: str, *, by: User | None, at: datetime) -> User:
    """Give `user` a new password; every other session of theirs ends."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record("account.password_changed", user, by=by, at=at, stream=stream_of(user.organization))
    return user


def _keep_an_administrator(user: User) -> None:
    others = User.objects.select_for_update().filter(is_staff=True, is_active=True).exclude(pk=user.pk)
    if not list(others.order_by("pk")):
        raise Refusal(_("管理者がいなくなります。先にほかの人を管理者にしてください。"))
