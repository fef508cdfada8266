"""Commands on start codes: on paper from an administrator, once, within 72 hours, for one's own password."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password, make_password
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from .changes import locked
from .models import Membership, StartCode, User
from .people import set_password
from .streams import stream_of
from .words import folded

#: Characters that nobody confuses on paper: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
LENGTH = 12  # 23^12 = 54 bits
GROUP = 4
LIFE = timedelta(hours=72)
MAX_FAILURES = 10
#: How many may be issued in one go: each hash takes a tenth of a second on purpose.
MOST_AT_ONCE = 50


def without_password(today: date, now: datetime) -> Any:
    """People in use who have no password of their own yet, and work here today or will.

    `has_code`: a code that was issued to them can still be used."""
    lasting = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    found = User.objects.filter(is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    valid = StartCode.objects.filter(user=OuterRef("pk"), used_at=None, expires_at__gt=now)
    at_work = Q(pk__in=lasting.values("user")) | Q(is_staff=True)
    return found.filter(at_work).annotate(has_code=Exists(valid))


@command
def issue(user: User, *, by: User | None, at: datetime) -> str:
    """A new start code for `user`, to be shown once; older ones are void. Raises Refusal if deactivated."""
    user = locked(user)
    if not user.is_active:
        raise Refusal(_("%(user)sさんは利用停止中です。先に利用を再開してください。") % {"user": user})
    StartCode.objects.filter(user=user, used_at=None, expires_at__gt=at).update(expires_at=at)
    code = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    StartCode.objects.create(
        user=user, code_hash=make_password(code), issued_at=at, issued_by=by, expires_at=at + LIFE
    )
    record(
        "account.code_issued", user, by=by, at=at, stream=stream_of(user.organization), expires_at=at + LIFE
    )
    return "-".join(code[i : i + GROUP] for i in range(0, LENGTH, GROUP))


@command
def enter(login: str, code: str, *, by: User | None, at: datetime) -> StartCode | None:
    """The start code that `login` may use, or None; a wrong one is counted, and ten void it.

    It returns None instead of raising: the count must stay."""
    found = (
        StartCode.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(user__login=folded(login).lower(), user__is_active=True, used_at=None, expires_at__gt=at)
        .filter(failures__lt=MAX_FAILURES)
        .order_by("-issued_at", "-pk")
        .first()
    )
    fits = check_password(readable(code), found.code_hash if found else _nobodys_hash())
    if found is None or fits:
        return found if fits else None
    found.failures += 1
    found.save(update_fields=["failures"])
    stream = stream_of(found.user.organization)
    record("account.code_failed", found.user, by=by, at=at, stream=stream, failures=found.failures)
    return None


@command
def use(start: StartCode, *, password: str, by: User | None, at: datetime) -> User:
    """Set the own password with a start code that was entered; Refusal if it was used or voided meanwhile."""
    user = locked(start.user)  # the person first, as issue() does: two orders would be a deadlock
    start = locked(start)
    if start.used_at or start.expires_at <= at or not user.is_active:
        raise Refusal(_("この開始コードはもう使えません。管理者に新しい開始コードの発行を依頼してください。"))
    start.used_at = at
    start.save(update_fields=["used_at"])
    set_password(user, password, by=by, at=at)
    record("account.code_used", user, by=by, at=at, stream=stream_of(user.organization))
    return user


def readable(code: str) -> str:
    """A code as it was typed, without hyphens and spaces, half-width and in capitals."""
    return "".join(c for c in folded(code).upper() if c.isalnum())


@cache
def _nobodys_hash() -> str:
    """So that a name nobody bears takes as long as a wrong code."""
    return make_password(secrets.token_hex())
