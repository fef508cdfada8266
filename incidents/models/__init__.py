"""What broke: the reports of incidents."""

from .report import IncidentReport

__all__ = ["IncidentReport"]
