"""Question: tasks per team and month of a fiscal year, done, late and open (負荷), for what one may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Case, Count, F, IntegerField, Q, Value, When
from django.utils.translation import gettext as _

from opsdesk.calendar.days import add_months
from opsdesk.calendar.fiscal import FiscalYear
from raci.access import Standing, standing_of
from raci.models import Mark
from raci.outline import line_of

from .choices import TeamChoice, teams_for
from .models import Task

TOKYO = ZoneInfo("Asia/Tokyo")


@dataclass
class Month:
    """The tasks of one month that are the team's by its ◎. `late` are done, `overdue` open ones."""

    first: date
    done: int = 0
    late: int = 0
    open: int = 0
    overdue: int = 0
    skipped: int = 0

    @property
    def last(self) -> date:
        return add_months(self.first, 1) - timedelta(1)

    @property
    def total(self) -> int:
        """What there was to do: without what was skipped."""
        return self.done + self.open

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """What a bar is made of, from below: in time, done late, open, overdue."""
        return (
            ("ok", self.done - self.late),
            ("late", self.late),
            ("open", self.open - self.overdue),
            ("over", self.overdue),
        )

    def add(self, other: Month) -> None:
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))


COUNTED = ("done", "late", "open", "overdue", "skipped")


@dataclass
class Load:
    """One team's year; `code` "" is all municipalities together, of whom there is no list."""

    code: str
    name: str
    is_member: bool
    months: list[Month] = field(default_factory=list)

    @property
    def total(self) -> Month:
        whole = Month(self.months[0].first)
        for month in self.months:
            whole.add(month)
        return whole


#: For how long the months before this one are not counted again: they hold most tasks and hardly change.
KEEP = 60.0  # seconds
_kept: dict[tuple[Any, ...], tuple[float, list[Load]]] = {}
MOST = 200


def loads(user: Any, year: FiscalYear, *, now: datetime, today: date, is_fresh: bool = False) -> list[Load]:
    """Every team's load for the union, of others only their own teams'; one statement, or two.

    A task counts for each role that has ◎ on it by its own edition, in the month in which it is due; a common
    one for every municipality. Several municipalities stand once more as one, where it counts once. What was
    due before this month is as it was up to KEEP ago, unless it must be `is_fresh`."""
    if is_fresh:
        forget()
    parted = min(max(today.replace(day=1), year.starts_on), year.ends_on + timedelta(1))
    past = sum(first < parted for first in year.months)
    found = _loads(user, year, parted, year.ends_on + timedelta(1), now, today)
    if past:
        for load, before in zip(found, _before(user, year, parted, now, today), strict=True):
            load.months[:past] = before.months[:past]
    return found


def forget() -> None:
    """Count anew; tests that roll their database back call it."""
    _kept.clear()


def _before(user: Any, year: FiscalYear, parted: date, now: datetime, today: date) -> list[Load]:
    """The loads of the months before `parted`, kept for who is in the same teams."""
    standing = standing_of(user, today)
    own, shown = (team.pk for team in standing.teams), (team.code for team in _teams(standing))
    key = parted, standing.editions, tuple(own), tuple(shown)
    at, found = _kept.get(key, (0.0, []))
    if not found or monotonic() - at > KEEP:
        if len(_kept) >= MOST:
            _kept.clear()
        found = _loads(user, year, year.starts_on, parted, now, today)
        _kept[key] = monotonic(), found
    return found


def _loads(user: Any, year: FiscalYear, start: date, end: date, now: datetime, today: date) -> list[Load]:
    """Of what is due from `start` to before `end`."""
    standing = standing_of(user, today)
    teams = _teams(standing)
    found = {t.code: Load(t.code, t.name, t.is_member, [Month(m) for m in year.months]) for t in teams}
    whole = Load("", _("構成団体(全体)"), True, [Month(m) for m in year.months])
    holders = _holders(teams, found)
    member_roles = {team.role_id for team in teams if team.is_member}
    for duty_id, organization_id, month, counts in _rows(user, year, start, end, now, today):
        for role in (roles := line_of(duty_id).roles_with(Mark.MAIN)):
            place = None if organization_id == standing.union_id else organization_id
            for load in (*holders.get((role, EVERY), ()), *holders.get((role, place), ())):
                load.months[month].add(counts)
        if not member_roles.isdisjoint(roles):
            whole.months[month].add(counts)
    several = sum(team.is_member for team in teams) > 1
    return [*found.values(), *([whole] if several else [])]


#: Instead of an organization: whatever task of the duty.
EVERY = 0


def _holders(
    teams: Sequence[TeamChoice], found: Mapping[str, Load]
) -> dict[tuple[int, int | None], list[Load]]:
    """Whose load a task is, by role and organization: None is a common one, EVERY any."""
    holders: dict[tuple[int, int | None], list[Load]] = {}
    for team in teams:
        for place in (team.organization_id, None) if team.is_member else (EVERY,):
            holders.setdefault((team.role_id, place), []).append(found[team.code])
    return holders


def _teams(standing: Standing) -> list[TeamChoice]:
    teams = teams_for(standing)
    if standing.is_union:
        return teams
    own = {(t.role_id, t.organization_id) for t in standing.teams}
    return [t for t in teams if (t.role_id, t.organization_id) in own]


def _rows(
    user: Any, year: FiscalYear, start: date, end: date, now: datetime, today: date
) -> Sequence[tuple[int, int, int, Month]]:
    """(duty, organization, month from 0, counts), along the index over due times."""
    span = [datetime.combine(day, datetime.min.time(), TOKYO) for day in (start, end)]
    within = Task.objects.visible_to(user, today).filter(due_at__gte=span[0], due_at__lt=span[1])
    months = year.months
    ends = [datetime.combine(add_months(first, 1), datetime.min.time(), TOKYO) for first in months]
    month = Case(
        *(When(due_at__lt=after, then=Value(n)) for n, after in enumerate(ends)),
        default=Value(11),
        output_field=IntegerField(),
    )
    rows = (
        within.order_by()
        .annotate(month=month, missed=missed(now))
        .values_list("duty_id", "organization_id", "month", "state", "missed")
        .annotate(n=Count("pk"))
    )
    return [(duty, organization, m, _counted(months[m], *counts)) for duty, organization, m, *counts in rows]


def missed(now: datetime) -> Case:
    """Of a task: done after the due day, or open after its time. Counting by it is half the work of counting
    each kind by a condition of its own."""
    state = Task.State
    return Case(
        When(state=state.DONE, then=Q(done_on__gt=F("due_on"))),
        When(state=state.OPEN, then=Q(due_at__lt=now)),
        default=Value(value=False),
        output_field=BooleanField(),
    )


def _counted(first: date, state: str, is_missed: bool, n: int) -> Month:
    states, late = Task.State, n * is_missed
    if state == states.DONE:
        return Month(first, done=n, late=late)
    return Month(first, open=n, overdue=late) if state == states.OPEN else Month(first, skipped=n)


# --- the bars -------------------------------------------------------------------------------------------

#: Of the picture: its height for the bars, the width of a month, and of a bar in it.
HEIGHT, STEP, WIDTH, LEFT, TOP = 150, 46, 30, 44, 16


@dataclass(frozen=True)
class Bar:
    """One month's column: rectangles (kind, y, height), its x, and where its words stand."""

    month: Month
    x: int
    parts: tuple[tuple[str, float, float], ...]

    @property
    def middle(self) -> int:
        return self.x + WIDTH // 2

    @property
    def top(self) -> float:
        return min((y for _kind, y, _h in self.parts), default=float(TOP + HEIGHT)) - 4


def bars(load: Load) -> list[Bar]:
    most = max((month.total for month in load.months), default=0) or 1
    return [_bar(month, LEFT + n * STEP, HEIGHT / most) for n, month in enumerate(load.months)]


def _bar(month: Month, x: int, scale: float) -> Bar:
    base, parts = float(TOP + HEIGHT), []
    for kind, count in month.parts:
        if count > 0:
            height = round(count * scale, 1)
            base = round(base - height, 1)
            parts.append((kind, base, height))
    return Bar(month, x, tuple(parts))


def picture() -> Mapping[str, int]:
    """Measures of the picture, for its template."""
    return {
        "width": LEFT + 12 * STEP,
        "height": TOP + HEIGHT + 24,
        "bottom": TOP + HEIGHT,
        "bar": WIDTH,
        "names": TOP + HEIGHT + 18,
    }
