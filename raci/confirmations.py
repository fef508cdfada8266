"""Confirmations of our own settings: which hold, and the commands."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.access import memberships_on
from opsdesk.accounts.models import Organization, User
from opsdesk.audit.record import command, record
from opsdesk.lib.era import era_short
from opsdesk.lib.refusal import Refusal

from .content import Row, covered, fingerprint, settings_of
from .editions import stream
from .models import Confirmation, Duty, Edition
from .readings import Reading

NOTE = 200
#: The last word on each (what it is about, key, fingerprint).
Standing = Mapping[tuple[str, int, str], Confirmation]


def covered_of(duty: Duty) -> Row:
    """`covered` of a stored duty; two statements unless its schedule and signers (with roles) are there."""
    signers = duty.signers.all() if "signers" in _fetched(duty) else duty.signers.select_related("role")
    return covered({"cycle": duty.cycle, **settings_of(duty, signers)})


def _fetched(duty: Duty) -> Mapping[str, Any]:
    return getattr(duty, "_prefetched_objects_cache", {})


def fingerprint_of_reading(reading: Reading) -> str:
    return hashlib.sha256(f"{reading.title}\n{reading.text}".encode()).hexdigest()


# --- questions ------------------------------------------------------------------------------------------


def standing() -> dict[tuple[str, int, str], Confirmation]:
    """Every confirmation that holds; one statement."""
    last: dict[tuple[str, int, str], Confirmation] = {}
    for row in Confirmation.objects.select_related("by").order_by("pk"):
        last[row.about, row.key, row.fingerprint] = row
    return {place: row for place, row in last.items() if not row.is_withdrawal}


def held() -> frozenset[tuple[str, int, str]]:
    """The places of `standing()`, without who and when; one light statement."""
    rows = Confirmation.objects.order_by("pk").values_list("about", "key", "fingerprint", "is_withdrawal")
    last = {(about, key, mark): is_withdrawal for about, key, mark, is_withdrawal in rows}
    return frozenset(place for place, is_withdrawal in last.items() if not is_withdrawal)


def history_of(key: int) -> list[Confirmation]:
    """All that people said of one duty's settings, newest first."""
    rows = Confirmation.objects.filter(about=Confirmation.About.DUTY, key=key)
    return list(rows.select_related("by").order_by("-pk"))


def may_confirm(user: Any, at: datetime) -> bool:
    """People of the union, and administrators."""
    held = memberships_on(user, timezone.localdate(at))
    return user.is_active and (
        user.is_staff or any(m.team.role.kind == Organization.Kind.UNION for m in held)
    )


# --- commands -------------------------------------------------------------------------------------------


@command
def confirm(about: Duty | Reading, *, by: User, at: datetime, seen: str = "", note: str = "") -> Confirmation:
    """確認済にする. `seen` is the fingerprint that the person looked at ("": whatever it is now).

    Raises Refusal if somebody confirmed it before, or if it is no longer what was seen."""
    given = confirm_many([about], by=by, at=at, seen={place_of(about): seen} if seen else {}, note=note)
    if not given:
        raise Refusal(_already(about, at))
    return given[0]


@command
def confirm_many(
    about: Sequence[Duty | Reading],
    *,
    by: User,
    at: datetime,
    seen: Mapping[tuple[str, int], str] | None = None,
    note: str = "",
) -> list[Confirmation]:
    """Confirm all of `about`, or none if one has changed since it was `seen`; an Event each.

    What somebody confirmed before is left as it is and not among the result."""
    _require(by, at)
    note = _note(note)
    _take_turns()
    held = standing()
    given = []
    for one in about:
        kind, key = place_of(one)
        now, words = _now(one)
        if (seen or {}).get((kind, key), now) != now:
            raise Refusal(_("%(what)sは、表示したあとに設定が変わっています。") % {"what": _named(one)})
        if (kind, key, now) not in held:
            given.append(_add(one, now, words, by=by, at=at, note=note))
    return given


@command
def unconfirm(about: Duty | Reading, *, by: User, at: datetime, note: str = "") -> Confirmation:
    """未確認に戻す. Raises Refusal if it is not confirmed."""
    _require(by, at)
    note = _note(note)
    _take_turns()
    now, words = _now(about)
    if (*place_of(about), now) not in standing():
        raise Refusal(_("%(what)sは確認済ではありません。") % {"what": _named(about)})
    return _add(about, now, words, by=by, at=at, note=note, is_withdrawal=True)


def _add(
    about: Duty | Reading,
    now: str,
    words: Row,
    *,
    by: User,
    at: datetime,
    note: str,
    is_withdrawal: bool = False,
) -> Confirmation:
    kind, key = place_of(about)
    row = Confirmation.objects.create(
        about=kind, key=key, fingerprint=now, content=words, is_withdrawal=is_withdrawal, note=note, by=by,
        at=at,
    )  # fmt: skip
    record(
        "confirmation.withdrawn" if is_withdrawal else "confirmation.given",
        row, by=by, at=at, stream=stream(), what=_named(about), note=note, fingerprint=now,
    )  # fmt: skip
    return row


def _now(about: Duty | Reading) -> tuple[str, Row]:
    """The fingerprint as it is in the database now, and what it is of."""
    if isinstance(about, Reading):
        return fingerprint_of_reading(about), {"title": about.title, "text": about.text}
    row = covered_of(Duty.objects.select_related("schedule").get(pk=about.pk))
    return fingerprint(row), row


def place_of(about: Duty | Reading) -> tuple[str, int]:
    """What a confirmation is filed under: kind and key."""
    if isinstance(about, Reading):
        return Confirmation.About.READING.value, about.number
    return Confirmation.About.DUTY.value, about.key


def _named(about: Duty | Reading) -> str:
    return _("読み方%(n)s") % {"n": about.number} if isinstance(about, Reading) else f"No.{about.number}"


def _take_turns() -> None:
    """Two who confirm at once: one after the other (on SQLite every writer is)."""
    list(Edition.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _already(about: Duty | Reading, at: datetime) -> str:
    held = standing()[(*place_of(about), _now(about)[0])]
    return _("%(what)sは %(day)s に %(who)s が確認しています。") % {
        "what": _named(about),
        "day": era_short(timezone.localdate(held.at), timezone.localdate(at)),
        "who": held.by,
    }


def _note(note: str) -> str:
    if len(note) > NOTE:
        sentence = _("メモは%(most)s文字までにしてください。") % {"most": NOTE}
        raise Refusal(sentence, errors={"note": sentence})
    return note.strip()


def _require(by: Any, at: datetime) -> None:
    if not may_confirm(by, at):
        raise PermissionDenied(_("設定を確認できるのは、広域組合の担当者と管理者です。"))
