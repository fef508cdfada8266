"""What happens: tasks, cases, signatures, comments, files, publications, procedures, runs of generation."""

from .attachment import Attachment
from .case import Case, CaseCounter, CaseLink, Concern
from .comment import Audience, Comment, CommentKind
from .procedure import Procedure, ProcedureFile
from .publication import Acknowledgement, Publication
from .run import GenerationRun
from .search import SearchText
from .signature import Signature
from .task import Outcome, Task

__all__ = [
    "Acknowledgement",
    "Attachment",
    "Audience",
    "Case",
    "CaseCounter",
    "CaseLink",
    "Comment",
    "CommentKind",
    "Concern",
    "GenerationRun",
    "Outcome",
    "Procedure",
    "ProcedureFile",
    "Publication",
    "SearchText",
    "Signature",
    "Task",
]
