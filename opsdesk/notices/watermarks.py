"""How far something periodic has been told; whoever moves the mark tells what lies between."""

from datetime import UTC, datetime

from .models import Watermark

#: Where a mark stands before anything was told.
NEVER = datetime(1, 1, 2, tzinfo=UTC)


def through(name: str) -> datetime | None:
    """Up to when `name` has been told; None if never."""
    return Watermark.objects.filter(name=name).values_list("through", flat=True).first()


def advance(name: str, now: datetime) -> datetime | None:
    """Move the mark to `now`, in the transaction that tells; returns where it stood, None if nowhere.

    The row is locked, so that two at once tell one after the other, the second from `now` on."""
    Watermark.objects.bulk_create([Watermark(name=name, through=NEVER)], ignore_conflicts=True)
    mark = Watermark.objects.select_for_update().get(name=name)
    before, mark.through = mark.through, max(now, mark.through)
    mark.save(update_fields=["through"])
    return None if before == NEVER else before
