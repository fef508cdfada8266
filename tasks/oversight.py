"""Question of the union: how every team stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, F, Min, Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opsdesk.lib.templatetags import ui
from raci.models import Cycle, Mark
from raci.outline import Line, outline_of

from .boards import Board, list_url, within
from .choices import TeamChoice
from .displaced import on_closed_days
from .models import Task


class Sum(NamedTuple):
    """The tasks of one duty and organization that are open, or due this month."""

    edition: int
    duty: int
    organization: int
    late: int
    today: int
    upcoming: int
    judged: int  # due this month, and done or overdue
    in_time: int
    worst_at: datetime | None
    worst_on: date | None
    displaced: int  # open, due on a day that was closed

    @property
    def line(self) -> Line:
        return outline_of(self.edition).lines[self.duty]


@dataclass(frozen=True)
class TeamLine:
    """One team's row. Each number is the list behind it."""

    code: str
    name: str
    organization: int
    is_member: bool
    position: int
    late: int
    today: int
    upcoming: int
    worst: str
    worst_days: str
    bar: SafeString

    @property
    def url(self) -> str:
        return self.list("open")

    @property
    def late_url(self) -> str:
        return self.list("overdue")

    @property
    def today_url(self) -> str:
        return self.list("today")

    @property
    def upcoming_url(self) -> str:
        return self.list("upcoming")

    def list(self, state: str) -> str:
        return list_url(state=state, team=self.code, mark=Mark.MAIN.value)


def team_lines(board: Board, sums: Sequence[Sum]) -> list[TeamLine]:
    """Every team's work by its ◎, the latest first."""
    held: dict[int, list[Sum]] = {}
    for one in sums:
        for role in one.line.roles_with(Mark.MAIN):
            held.setdefault(role, []).append(one)
    teams = board.filter.teams.values()
    lines = [_team_line(board, team, at, held.get(team.role_id, [])) for at, team in enumerate(teams)]
    return sorted(lines, key=lambda line: -line.late)


def sums_of(board: Board) -> list[Sum]:
    """By duty and organization; one statement."""
    is_open, late = Q(state=Task.State.OPEN), Q(state=Task.State.OPEN, due_at__lt=board.now)
    month = within(*board.month)
    done = Q(state=Task.State.DONE) & month
    rows = (
        board.visible.filter(is_open | month)
        .order_by()
        .values_list("duty__edition_id", "duty_id", "organization_id")
        .annotate(
            late=Count("pk", filter=late),
            today=Count("pk", filter=is_open & Q(due_on=board.today, due_at__gte=board.now)),
            upcoming=Count("pk", filter=is_open & Q(due_on__range=board.ahead) & ~Q(duty__cycle=Cycle.DAILY)),
            judged=Count("pk", filter=done | late & month),
            in_time=Count("pk", filter=done & Q(done_on__lte=F("due_on"))),
            worst_at=Min("due_at", filter=late),
            worst_on=Min("due_on", filter=late),
            displaced=Count("pk", filter=is_open & on_closed_days(board.calendars)),
        )
    )
    return [Sum(*row) for row in rows]


def _team_line(board: Board, team: TeamChoice, position: int, held: Sequence[Sum]) -> TeamLine:
    """`held`: what the team's role has ◎ on."""
    places = (team.organization_id, board.standing.union_id)
    own = [s for s in held if not team.is_member or s.organization in places]
    late, judged = sum(s.late for s in own), sum(s.judged for s in own)
    worst = min((s for s in own if s.worst_at), key=lambda s: s.worst_at or board.now, default=None)
    return TeamLine(
        code=team.code,
        name=team.name,
        organization=team.organization_id,
        is_member=team.is_member,
        position=position,
        late=late,
        today=sum(s.today for s in own),
        upcoming=sum(s.upcoming for s in own),
        worst=f"No.{worst.line.number} {worst.line.short}" if worst else "",
        worst_days=_late_words(board, worst.worst_on) if worst and worst.worst_on else "",
        bar=ui.bar(sum(s.in_time for s in own), judged) if judged else SafeString("—"),
    )


def _late_words(board: Board, on: date) -> str:
    days = board.calendar.distance(on, board.today)
    return _("%(days)s開庁日") % {"days": days} if days else _("今日")
