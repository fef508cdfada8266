"""対応中の障害: what is shown beside a dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import BooleanField, Exists, ExpressionWrapper, Q
from django.utils.translation import gettext as _

from tasks.boards import Board
from tasks.caseplace import address
from tasks.kinds import Panel
from tasks.models import Case
from tasks.reach import reach_of

from . import banner
from .models import Incident, Stage
from .models.incident import ALARMING, Level, affecting
from .panels import LOOKS, span

SHOWN, READ = 5, 50


@dataclass(frozen=True)
class Row:
    number: str
    title: str
    url: str
    level: tuple[str, str] | None
    stage: str
    lasted: str


@dataclass(frozen=True)
class Ongoing:
    """`count` is the number of those that go on, of more than READ at least that many."""

    rows: list[Row]
    count: int

    @property
    def rest(self) -> int:
        return self.count - len(self.rows)


def is_there() -> Exists:
    """For the statement that reads the person of a request: whether any incident goes on."""
    return Exists(Incident.objects.filter(stage__lt=Stage.DONE))


def ongoing(board: Board) -> Panel | None:
    """The worst first, of those that the person may read; None while there is none.

    One statement, which the banner needs not ask again, and none at all while no incident goes on."""
    if not getattr(board.user, "incidents", True):
        return None
    found = _read(board)
    if not found:
        return None
    found.sort(key=lambda i: i.current_level or "9")
    shown = [_row(incident, board) for incident in found[:SHOWN]]
    return Panel("incidents/_board.html", {"what": Ongoing(shown, len(found))})


def _read(board: Board) -> list[Incident]:
    """Those that go on, the newest first, but before them those that alarm, which the user object keeps."""
    mine = Q(case__in=Case.objects.within(reach_of(board.standing)))
    alarming = ALARMING & affecting(board.user, board.today)
    rows = Incident.objects.filter(mine | alarming, stage__lt=Stage.DONE).select_related("case")
    rows = rows.annotate(is_mine=_flag(mine), alarms=_flag(alarming))
    found = list(rows.order_by("-alarms", "-raised_at", "-pk")[:READ])
    kept = sorted((i for i in found if i.alarms), key=lambda i: (i.raised_at, i.pk))
    board.user._alarming = kept[: banner.SHOWN]
    return sorted((i for i in found if i.is_mine), key=lambda i: (i.raised_at, i.pk), reverse=True)


def _flag(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _row(incident: Incident, board: Board) -> Row:
    end = incident.recovered_at or board.now
    lasted = max(end - (incident.detected_at or incident.raised_at), timedelta())
    case = incident.case
    words = _("停止 %(span)s") if incident.recovered_at else _("経過 %(span)s")
    return Row(
        case.number, case.title, address(case), _level(incident), str(incident.get_stage_display()),
        "" if incident.is_none else words % {"span": span(lasted)},
    )  # fmt: skip


def _level(incident: Incident) -> tuple[str, str] | None:
    """(pill, words); of one that nobody has judged the provisional level."""
    if not (level := incident.current_level):
        return None
    words = str(Level(level).label).partition(" ")[0]
    return LOOKS[level], words if incident.level else _("仮%(level)s") % {"level": words}
