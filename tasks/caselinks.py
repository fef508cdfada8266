"""Where a case has its page."""

from __future__ import annotations

from .models import Case


def case_url(case: Case) -> str:
    """/cases/CHG-R8-0001/."""
    return f"/cases/{case.number}/"
