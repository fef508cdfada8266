"""What happens: tasks, signatures, comments, files, publications, procedures, and the runs of generation."""

from .attachment import Attachment
from .case import Case, CaseCounter, Concern
from .comment import Audience, Comment
from .procedure import Procedure, ProcedureFile
from .publication import Acknowledgement, Publication
from .run import GenerationRun
from .signature import Signature
from .task import Outcome, Task

__all__ = [
    "Acknowledgement",
    "Attachment",
    "Audience",
    "Comment",
    "GenerationRun",
    "Outcome",
    "Procedure",
    "ProcedureFile",
    "Publication",
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
