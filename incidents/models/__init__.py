"""What an incident has that another case has not."""

from .incident import Incident, Stage
from .pause import Pause
from .report import IncidentReport

__all__ = ["Incident", "IncidentReport", "Pause", "Stage"]
