"""What allauth tells about second factors, kept in history."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals

from .models import User
from .request import Request
from .signins import note

CODES = {
    signals.authenticator_added: "account.factor_added",
    signals.authenticator_removed: "account.factor_removed",
    signals.authenticator_reset: "account.factor_renewed",
    signals.authentication_failed: "account.factor_failed",
}


def listen() -> None:
    """Connect the signals; called once the apps are ready."""
    for signal in CODES:
        signal.connect(keep, dispatch_uid="opsdesk.accounts.factors")


def keep(signal: Any, request: Request, user: User, authenticator: Any, **_more: Any) -> None:
    if signal is signals.authenticator_added and authenticator.type == "recovery_codes":
        return  # they come with the first factor
    note(CODES[signal], user, by=user, at=request.now, factor=authenticator.type)
