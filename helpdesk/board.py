"""What the help desk sees first on its dashboard: the unanswered inquiries."""

from __future__ import annotations

from django.db.models import Count, Window

from tasks.boards import Board
from tasks.kinds import Panel

from .models import Inquiry
from .reception import receives

SHOWN = 8


def unanswered(board: Board) -> Panel | None:
    """Of who receives inquiries: the oldest of them, and how many there are; one statement."""
    if not receives(board.user, board.today):
        return None
    waiting = Inquiry.objects.visible_to(board.user, board.today).waiting()
    rows = waiting.select_related("case", "organization").annotate(total=Window(Count("pk")))
    found = list(rows.order_by("received_at", "pk")[:SHOWN])
    count = found[0].total if found else 0
    context = {"rows": found, "count": count, "rest": count - len(found), "today": board.today}
    return Panel("helpdesk/_board.html", context)
