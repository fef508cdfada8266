"""The sheet, pure: its grid with merged cells, and the lint of an edition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .models import Duty, Mark, Sharing


@dataclass(frozen=True)
class Finding:
    """What the lint found on one duty; a blocker keeps the edition from being published."""

    number: int
    sentence: str
    is_blocker: bool = False

    def __str__(self) -> str:
        return f"No.{self.number} {self.sentence}"


def lint(duties: Iterable[Duty]) -> list[Finding]:
    """Duties (with their assignments) that nobody could close, or that leave open who does what, and when."""
    found = []
    for duty in duties:
        mains = sum(a.mark == Mark.MAIN for a in duty.assignments.all())
        if duty.is_heading:
            if duty.cycle or duty.assignments.all():
                found.append(Finding(duty.number, _("見出し行に周期か担当区分があります。"), is_blocker=True))
            continue
        if not mains:
            found.append(
                Finding(duty.number, _("主担当(◎)がないため、誰も完了にできません。"), is_blocker=True)
            )
        if mains > 1 and duty.sharing == Sharing.ONE:
            found.append(Finding(duty.number, _("主担当(◎)が複数ありますが、分け方が決まっていません。")))
        if not duty.cycle:
            found.append(Finding(duty.number, _("周期がありません。")))
    return found


def blockers(duties: Iterable[Duty]) -> list[Finding]:
    return [finding for finding in lint(duties) if finding.is_blocker]
