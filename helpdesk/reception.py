"""Question: which duty receives inquiries now, what its steps are, and who receives and answers them."""

from __future__ import annotations

from datetime import date
from typing import Any

from opsdesk.accounts.models import Team
from raci.access import standing_of
from raci.models import CaseKind, Duty, Edition, Mark
from raci.outline import outline_of
from tasks.raising import closes_at_once, is_reported, raisers

#: Keys of the duties of an inquiry: a key is the same in every edition.
RECEIVING, ANSWERING, RECORDING = 54, 55, 56
#: The duty that receives an incident, which a registration may open.
INCIDENT = 15
YES, NO = "はい", "いいえ"


def receiving(today: date) -> Duty | None:
    """The duty at which inquiries are received (54), of the edition in force."""
    edition = Edition.objects.in_force(today).first()
    if edition is None:
        return None
    lines = outline_of(edition.pk).keys
    found = lines[RECEIVING].duty if RECEIVING in lines else None
    is_it = found is not None and found.case_kind == CaseKind.INQUIRY and is_reported(found)
    return found if is_it else None


def receivers(duty: Duty | None, user: Any, today: date) -> list[Team]:
    """The user's teams that register inquiries in one act: with ◎ on the receiving duty."""
    if duty is None:
        return []
    return [t for t in raisers(duty, standing_of(user, today)) if closes_at_once(duty, t)]


def receives(user: Any, today: date) -> bool:
    """Whether a team of theirs has ◎ on the receiving duty of an issued edition; asks nothing anew.

    For what is shown; a command asks receivers()."""
    standing = standing_of(user, today)
    lines = (outline_of(edition).keys.get(RECEIVING) for edition in standing.editions)
    duties = [line.duty.pk for line in lines if line is not None]
    return any(Mark.MAIN in standing.marks.get(duty, {}).values() for duty in duties)
