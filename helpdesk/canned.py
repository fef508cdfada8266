"""Question: the canned sentences in use, asked once a minute and process: they change once in a while."""

from __future__ import annotations

from time import monotonic

from .models import Canned

KEEP = 60.0  # seconds
_kept: tuple[float, list[Canned]] | None = None


def canned_now() -> list[Canned]:
    global _kept
    if _kept is None or monotonic() - _kept[0] > KEEP:
        _kept = monotonic(), list(Canned.objects.filter(is_active=True))
    return _kept[1]


def forget() -> None:
    """Ask anew: one was changed, or a test rolled its database back."""
    global _kept
    _kept = None
