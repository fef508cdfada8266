"""The matrix definition: an edition with its duties, schedules, fields, signers and follow-ups; what of it
people have confirmed."""

from .confirmation import Confirmation
from .duty import Assignment, CaseKind, CommentAudience, Cycle, Duty, Mark, Scope, Sharing
from .edition import Edition
from .field import DutyField, FieldKind
from .followup import FollowUp
from .imported import Import
from .saving import Saving
from .schedule import Schedule
from .signer import Signer

__all__ = [
    "Assignment",
    "Confirmation",
    "CaseKind",
    "CommentAudience",
    "Cycle",
    "Duty",
    "DutyField",
    "Edition",
    "FieldKind",
    "FollowUp",
    "Import",
    "Mark",
    "Saving",
    "Schedule",
    "Scope",
    "Sharing",
    "Signer",
]
