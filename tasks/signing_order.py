"""Questions about signatures: whose turn it is, and whose fields are frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from opsdesk.accounts.models import Team
from raci.access import standing_of
from raci.definition import definition_of
from raci.models import Signer

from .acting import is_signer, proxy_teams
from .models import Signature, Task


@dataclass(frozen=True)
class Step:
    """One signer with the signature that stands, if any."""

    signer: Signer
    signature: Signature | None
    is_turn: bool


def steps_of(task: Task, signatures: Sequence[Signature] | None = None) -> list[Step]:
    """The signers in order; `signatures` (the valid ones) are asked for if not given."""
    if signatures is None:
        signatures = list(task.signatures.filter(void_at=None).select_related("by", "team"))
    given = {s.position: s for s in signatures}
    found: list[Step] = []
    for signer in definition_of(task.duty_id).signers:
        is_turn = task.is_open and signer.position not in given and not any(s.is_turn for s in found)
        found.append(Step(signer, given.get(signer.position), is_turn))
    return found


def turn_of(steps: Sequence[Step]) -> Step | None:
    return next((s for s in steps if s.is_turn), None)


def signed_roles(task: Task, steps: Sequence[Step] | None = None) -> frozenset[int]:
    """Roles whose signature stands: their fields are frozen."""
    return frozenset(
        s.signer.role_id for s in (steps if steps is not None else steps_of(task)) if s.signature
    )


def signing_teams(task: Task, signer: Signer, user: Any, today: date) -> list[Team]:
    """The user's teams that may give this signature."""
    standing = standing_of(user, today)
    return [
        t
        for t in standing.teams
        if is_signer(t, signer, task) and (not signer.is_approver or t.pk in standing.approver_of)
    ]


def signing_proxies(task: Task, signer: Signer, user: Any, today: date) -> list[Team]:
    """Teams for which the union may sign (代行)."""
    return [t for t in proxy_teams(task, user, today) if is_signer(t, signer, task)]
