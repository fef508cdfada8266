"""What happens: tasks, signatures, comments, files, publications, procedures, and the runs of generation."""

from .attachment import Attachment
from .comment import Audience, Comment
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
    "Comment",
    "GenerationRun",
    "Outcome",
    "Procedure",
    "ProcedureFile",
    "Publication",
    "SearchText",
    "Signature",
    "Task",
]
