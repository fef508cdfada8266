"""The commands that move a task, under one name."""

from .acknowledging import acknowledge, answer, ask
from .bulk import close_many
from .closing import close, save_answers, skip
from .commenting import comment
from .evidence import attach, withdraw
from .extra import raise_extra
from .handover import hand_over, release
from .moving import move, settle
from .reopening import reopen
from .repointing import repoint
from .revising import revise
from .signing import send_back, sign
from .taking import assign, let_go, pass_lead, take
from .urging import urge

__all__ = [
    "acknowledge",
    "answer",
    "ask",
    "assign",
    "attach",
    "close",
    "close_many",
    "comment",
    "hand_over",
    "let_go",
    "move",
    "pass_lead",
    "raise_extra",
    "release",
    "reopen",
    "repoint",
    "revise",
    "save_answers",
    "send_back",
    "settle",
    "sign",
    "skip",
    "take",
    "urge",
    "withdraw",
]
