"""The signatures of a task's page: whose turn it is, and whether it is mine."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property

from opsdesk.accounts.models import Organization, Team
from raci.access import standing_of
from tasks.papers import Paper
from tasks.signing import label_of

from .base import Base


class Signing(Base):
    @cached_property
    def steps(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for signer in self.definition.signers if self.is_signed else ():
            given = self.papers.signature(signer.position)
            is_turn = self.task.is_open and given is None and not any(s["is_turn"] for s in found)
            void = [s for s in self.papers.signatures if s.position == signer.position and s.gone_at]
            found.append(
                {
                    "position": signer.position,
                    "role_id": signer.role_id,
                    "is_approver": signer.is_approver,
                    "label": label_of(signer, self.task),
                    "mark": self.definition.mark_of(signer.role_id),
                    "signature": given,
                    "round": len(void) + 1 if void else 0,
                    "is_turn": is_turn,
                }
            )
        return found

    @cached_property
    def turn(self) -> dict[str, Any] | None:
        return next((s for s in self.steps if s["is_turn"]), None)

    @property
    def is_my_turn(self) -> bool:
        return bool(self.signers)

    @property
    def is_last_turn(self) -> bool:
        return self.turn is not None and self.turn is self.steps[-1]

    @property
    def signed_count(self) -> int:
        return sum(1 for s in self.steps if s["signature"])

    @property
    def returnable(self) -> list[dict[str, Any]]:
        """Earlier signers to whom it may be sent back."""
        return [s for s in self.steps if s["signature"]] if self.task.is_open else []

    @cached_property
    def returned(self) -> Paper | None:
        """The last signature that was sent back, while it is open again."""
        void = [s for s in self.papers.signatures if s.gone_at is not None]
        if not void or not self.task.is_open or self.turn is None:
            return None
        last = max(void, key=lambda s: s.gone_at or s.at)
        return last if last.position >= self.turn["position"] else None

    @cached_property
    def signers(self) -> list[Team]:
        """Teams for which the person may give the signature whose turn it is."""
        turn = self.turn
        if turn is None:
            return []
        standing = standing_of(self.user, self.today)
        return [
            t
            for t in (self.proxies or standing.teams)
            if t.role_id == turn["role_id"]
            and (t.role.kind != Organization.Kind.MEMBER or t.organization_id == self.task.organization_id)
            and (self.is_proxy or not turn["is_approver"] or t.pk in standing.approver_of)
        ]
