"""What an incident has that another case has not."""

from .incident import Incident, Stage
from .pause import Pause

__all__ = ["Incident", "Pause", "Stage"]
