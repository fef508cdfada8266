"""The matrix definition: an edition with its duties, schedules, fields, signers and follow-ups."""

from .duty import Assignment, CaseKind, Cycle, Duty, Mark, Scope, Sharing
from .edition import Edition
from .field import DutyField, FieldKind
from .followup import FollowUp
from .saving import Saving
from .schedule import Schedule
from .signer import Signer

__all__ = [
    "Assignment",
    "CaseKind",
    "Cycle",
    "Duty",
    "DutyField",
    "Edition",
    "FieldKind",
    "FollowUp",
    "Mark",
    "Saving",
    "Schedule",
    "Scope",
    "Sharing",
    "Signer",
]
