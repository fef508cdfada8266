"""Questions behind the dashboards. Each count is the list's own filter, so that both always agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Window
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from opsdesk.accounts.models import Organization, Team
from opsdesk.calendar.book import calendar_of, calendars_by_id
from opsdesk.calendar.days import Calendar, last_of_month
from opsdesk.lib.request import Request
from raci.access import Standing, standing_of
from raci.models import Cycle, Mark, Scope
from raci.outline import outline_of

from .acknowledgements import Published, published_among, unacknowledged
from .choices import all_teams, code_of
from .filters import AHEAD, TaskFilter, waiting
from .models import Task
from .models.task import TaskQuerySet
from .recurrence import TOKYO
from .tables import COLUMNS, with_rows

#: Rows shown of each kind; the list behind the count has them all.
SHOWN = 50
DONE_SHOWN = 20
ACKS_SHOWN = 10
SCOPES = ("mine", "team", "all")


@dataclass(frozen=True)
class Numbers:
    """Open work by kind, and the days of the month.

    `next_on`: the first day after today with something due; `later_on`: the same after the days ahead.
    """

    overdue: int = 0
    today: int = 0
    done_today: int = 0
    upcoming: int = 0
    next_on: date | None = None
    later_on: date | None = None
    days: dict[date, int] = field(default_factory=dict)
    late_days: frozenset[date] = frozenset()


class Board:
    """What one person looks at on one day: `scope` mine, team or all; of `team` if one is chosen.

    All is what a team of theirs has a mark on; with `is_reading` and for the union everything they read."""

    def __init__(
        self, request: Request, *, scope: str, team: Team | None = None, is_reading: bool = False
    ) -> None:
        self.request, self.scope, self.team, self.is_reading = request, scope, team, is_reading
        self.user, self.now, self.today = request.user, request.now, request.today

    @classmethod
    def of(cls, request: Request) -> Board:
        """As the URL says, `?scope=…&team=CODE`; by default my teams' work, for the union everybody's."""
        board = cls(request, scope="team")
        scope = request.GET.get("scope", "")
        board.scope = scope if scope in SCOPES else "all" if board.standing.is_union else "team"
        if len(board.codes) > 1:
            board.team = board.codes.get(request.GET.get("team", ""))
        return board

    def narrowed(self, scope: str) -> Board:
        """The same board with another scope; what is known already isn't asked again."""
        board = Board(self.request, scope=scope, team=self.team)
        board.calendar = self.calendar
        board.tasks = self.filter.by_scope(self.visible, "scope", board.list_scope).order_by()
        return board

    @cached_property
    def codes(self) -> dict[str, Team]:
        """My teams by their names in URLs."""
        return {code_of(team): team for team in self.standing.teams}

    @property
    def team_code(self) -> str:
        return code_of(self.team) if self.team else ""

    @property
    def is_oversight(self) -> bool:
        """The union looking at everybody."""
        return self.scope == "all" and self.team is None and self.standing.is_union

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self.user, self.today)

    @property
    def is_member(self) -> bool:
        """A municipality's board: only its own, so no row stands for several municipalities."""
        return all(t.role.kind == Organization.Kind.MEMBER for t in self.standing.teams)

    @cached_property
    def calendar(self) -> Calendar:
        """The union's, of a municipality its own; the list's filter decides in the same way."""
        if self.is_oversight:
            return self.calendars[None]
        teams = self.standing.teams
        return calendar_of(teams[0].organization if teams and not self.standing.is_union else None)

    @cached_property
    def calendars(self) -> dict[int | None, Calendar]:
        """The union's under None, and every municipality's by its id; as many statements as of one."""
        return calendars_by_id({team.organization_id for team in all_teams() if team.is_member})

    @cached_property
    def ahead(self) -> tuple[date, date]:
        """The next business day and the fifth."""
        add = self.calendar.add_business_days
        return add(self.today, 1), add(self.today, AHEAD)

    @property
    def list_scope(self) -> str:
        """The scope by the list's name for it."""
        is_marked = self.scope == "all" and not (self.is_reading or self.standing.is_union)
        return "marked" if is_marked else self.scope

    @property
    def params(self) -> dict[str, str]:
        """The scope as the list's filter says it."""
        if self.team is None:
            return {"scope": self.list_scope}
        chosen = {"team": self.team_code}
        return {
            "mine": {"scope": "mine", **chosen},
            "team": {**chosen, "mark": Mark.MAIN.value},
            "all": chosen,
        }[self.scope]

    def url(self, **changes: Any) -> str:
        """The list of this board's tasks, narrowed."""
        return list_url(**{**changes, **self.params})

    @cached_property
    def detail(self) -> Callable[[int], str]:
        """The address of a task's page by its id."""
        before, _zero, after = reverse("tasks:detail", args=[0]).partition("0")
        return lambda pk: f"{before}{pk}{after}"

    @cached_property
    def visible(self) -> TaskQuerySet:
        return Task.objects.visible_to(self.user, self.today)

    @cached_property
    def filter(self) -> TaskFilter:
        data = QueryDict(urlencode({"state": "any", **self.params}))
        return TaskFilter(data, self.visible, request=self.request)

    @cached_property
    def tasks(self) -> TaskQuerySet:
        """Every task of the scope, as the list has them."""
        return self.filter.qs.order_by()

    @cached_property
    def month(self) -> tuple[date, date]:
        return self.today.replace(day=1), last_of_month(self.today.year, self.today.month)

    @cached_property
    def numbers(self) -> Numbers:
        """All counts of the page in one statement: open tasks and those due this month, by day."""
        first, last = self.month
        is_open, is_late = Q(state=Task.State.OPEN), Q(state=Task.State.OPEN, due_at__lt=self.now)
        rows = (
            self.tasks.filter(is_open | within(first, last))
            .values_list("due_on", "duty__cycle")
            .annotate(
                n=Count("pk"),
                opened=Count("pk", filter=is_open),
                done=Count("pk", filter=Q(state=Task.State.DONE)),
                late=Count("pk", filter=is_late),
            )
        )
        return self._summed([Day(*row) for row in rows])

    def _summed(self, rows: list[Day]) -> Numbers:
        start, end = self.ahead
        today = [r for r in rows if r.on == self.today]
        periodic = [r for r in rows if r.cycle != Cycle.DAILY]
        month = [r for r in periodic if self.month[0] <= r.on <= self.month[1]]
        days: dict[date, int] = {}
        for row in month:
            days[row.on] = days.get(row.on, 0) + row.all
        return Numbers(
            overdue=sum(r.late for r in rows),
            today=sum(r.open - r.late for r in today),
            done_today=sum(r.done for r in today),
            upcoming=sum(r.open for r in periodic if start <= r.on <= end),
            next_on=min((r.on for r in rows if r.open and r.on > self.today), default=None),
            later_on=min((r.on for r in periodic if r.open and r.on > end), default=None),
            days=days,
            late_days=frozenset(r.on for r in month if r.late),
        )

    def rows(self, *, upcoming: bool = True) -> list[Task]:
        """Tasks to show one by one, by deadline, at most SHOWN of each kind; two statements.

        The ids come first: inside the other, a planner without statistics asks for them once a row."""
        tasks = self.tasks if self.is_member else self.tasks.exclude(duty__scope=Scope.EACH)
        arms = [
            tasks.overdue(self.now).order_by("due_at", "pk")[:SHOWN],
            tasks.due_today(self.today, self.now).order_by("due_at", "pk")[:SHOWN],
            tasks.filter(within(self.today, self.today), due_on=self.today)
            .exclude(state=Task.State.OPEN)
            .order_by("-closed_at", "pk")[:DONE_SHOWN],
        ]
        if upcoming:
            arms.append(tasks.upcoming(*self.ahead).order_by("due_at", "pk")[:SHOWN])
        return list(_with_texts(Task.objects.filter(pk__in=ids_of(arms))))

    @cached_property
    def waiting(self) -> list[Task]:
        """Tasks whose next signature is mine (for the union: anybody's), at most SHOWN.

        Who signs nothing in any edition is not asked for."""
        if not self.standing.is_union and not self._signs:
            return []
        found: QuerySet[Any] = waiting(self.tasks, self.standing).annotate(total=Window(Count("pk")))
        return list(_with_texts(found)[:SHOWN])

    @property
    def _signs(self) -> bool:
        mine = {team.role_id for team in self.standing.teams}
        lines = (line for edition in self.standing.editions for line in outline_of(edition).lines.values())
        return any(mine & set(line.signer_roles) for line in lines)

    @property
    def waiting_count(self) -> int:
        return self.waiting[0].total if self.waiting else 0  # type: ignore[attr-defined]

    @cached_property
    def acks_board(self) -> Board:
        """Whose published results: those that I do, for a municipality all that it sees."""
        return Board(self.request, scope="all", team=self.team, is_reading=True) if self.is_member else self

    @cached_property
    def unacknowledged(self) -> tuple[list[Published], int]:
        """Results that my municipality has not acknowledged, or for others any; and how many there are."""
        found = unacknowledged(self.acks_board.tasks, self.standing, self.today)
        return published_among(found, self.today, ACKS_SHOWN)


def ids_of(arms: Sequence[QuerySet[Task]]) -> list[int]:
    """The ids of all `arms` (sliced) in one statement; SQLite slices only below a compound."""
    if not connection.features.supports_slicing_ordering_in_compound:
        arms = [Task.objects.filter(pk__in=arm.values("pk")).order_by() for arm in arms]
    first, *rest = [arm.values_list("pk", flat=True) for arm in arms]
    return list(first.union(*rest, all=True))


def _with_texts(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """What a row says, and the edition behind its duty."""
    return with_rows(tasks).only(*COLUMNS, "duty__edition").order_by("due_at", "pk")


@dataclass(frozen=True)
class Day:
    """Tasks of one due day and cycle."""

    on: date
    cycle: str
    all: int
    open: int
    done: int
    late: int


def within(first: date, last: date, due: str = "due_at") -> Q:
    """Due from `first` to `last`, so that the index on `due_at` serves: a due day ends within its own day."""
    start = datetime(first.year, first.month, first.day, tzinfo=TOKYO)
    end = datetime(last.year, last.month, last.day, 23, 59, 59, 999_999, tzinfo=TOKYO)
    return Q(**{f"{due}__range": (start, end)})


def list_url(**params: Any) -> str:
    """/tasks/ with a filter; empty values are left out."""
    query = urlencode({name: value for name, value in params.items() if value not in (None, "")})
    return f"{_list()}?{query}"


@cache
def _list() -> str:
    return reverse("tasks:list")
