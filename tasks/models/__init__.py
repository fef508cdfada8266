"""What happens: tasks, signatures, comments, files, and the runs of generation."""

from .attachment import Attachment
from .case import Case, CaseCounter, Concern
from .comment import Audience, Comment
from .run import GenerationRun
from .signature import Signature
from .task import Outcome, Task

__all__ = [
    "Attachment",
    "Audience",
    "Case",
    "CaseCounter",
    "Comment",
    "Concern",
    "GenerationRun",
    "Outcome",
    "Signature",
    "Task",
]
