"""Gives incidents their row that were raised before the app was there; run after every migrate."""

from django.db import transaction

from raci.models import CaseKind
from tasks.models import Case

from .handling import sync


def catch_up(using: str) -> int:
    """Returns how many there were; none, as a rule."""
    rows = Case.objects.using(using).filter(kind=CaseKind.INCIDENT, incident=None).select_related("entry")
    found = 0
    for case in rows.iterator(chunk_size=500):
        with transaction.atomic(using=using):
            sync(case)
        found += 1
    return found
