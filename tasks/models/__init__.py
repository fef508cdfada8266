"""What happens: tasks, signatures, comments, files, publications, and the runs of generation."""

from .attachment import Attachment
from .comment import Audience, Comment
from .publication import Acknowledgement, Publication
"""What happens: tasks, signatures, comments, files, and procedures, the runs of generation."""

from .attachment import Attachment
from .comment import Audience, Comment
from .procedure import Procedure, ProcedureFile
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
    "Publication",
    "Procedure",
    "ProcedureFile",
    "Signature",
    "Task",
]
