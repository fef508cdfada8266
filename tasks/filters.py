"""The filter of the list behind every count."""

from collections.abc import Callable, Iterable, Set
from functools import cache, cached_property
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from opsdesk.calendar.book import calendar_of
from opsdesk.lib.filters import Choice, Date, ListFilter, Number, Word
from opsdesk.lib.request import Request
from raci.access import Standing, standing_of
from raci.models import Assignment, Cycle, Edition, Mark, Signer

from .acknowledgements import unacknowledged
from .astray import strays
from .choices import TeamChoice, by_code, code_of, organizations_of, teams_for
from .models import Signature
from .models.task import TaskQuerySet

#: "Upcoming" looks this many business days ahead.
AHEAD = 5
STATES = (
    ("open", _("未完了")),
    ("overdue", _("期限超過")),
    ("today", _("今日が期限")),
    ("upcoming", _("今後5開庁日")),
    ("begun", _("作業中")),
    ("waiting", _("署名待ち")),
    ("unconfirmed", _("確認待ち")),
    ("astray", _("改定で要移動")),
    ("done", _("完了")),
    ("late", _("遅れて完了")),
    ("skipped", _("対象外")),
    ("any", _("すべて")),
)
#: These look back: the newest first.
PAST = frozenset({"done", "late", "skipped", "any"})
#: These ask neither the time nor which tasks there are.
TIMELESS = frozenset({"", "open", "begun", "done", "late", "skipped", "any"})
MAIN = frozenset({Mark.MAIN.value})
PERIODIC = "periodic"
CYCLES = (*Cycle.choices, (PERIODIC, _("日次以外")))
SCOPES = (("mine", _("自分")), ("team", _("チーム")), ("marked", _("担当区分のある作業")), ("all", _("全体")))


class TaskFilter(ListFilter):
    state = Choice(label=_("状態"), choices=STATES, empty_label=None, method="by_state")
    scope = Choice(label=_("範囲"), choices=SCOPES, empty_label=None, method="by_scope")
    team = Choice(label=_("担当"), choices=(), method="by_team")
    organization = Choice(label=_("団体"), choices=(), method="by_organization")
    due_from = Date(label=_("期限（から）"), field_name="due_on", lookup_expr="gte")
    due_to = Date(label=_("期限（まで）"), field_name="due_on", lookup_expr="lte")
    q = Word(label=_("語句"), method="by_words")
    duty = Number(label=_("No."), field_name="duty__number")
    cycle = Choice(label=_("周期"), choices=CYCLES, method="by_cycle")
    mark = Choice(label=_("担当区分"), choices=Mark.choices, method="by_mark")
    assignee = Word(label=_("担当者"), method="by_assignee")
    done_from = Date(label=_("実施日（から）"), field_name="done_on", lookup_expr="gte")
    done_to = Date(label=_("実施日（まで）"), field_name="done_on", lookup_expr="lte")
    folded = ("duty", "cycle", "mark", "assignee", "done_from", "done_to")

    @classmethod
    def keeps(cls, query: QueryDict) -> bool:
        return query.get("state", "") in TIMELESS and query.get("scope", "") in ("", "all")

    def __init__(self, data: Any, queryset: QuerySet, *, request: Request) -> None:
        data = data.copy()
        past = data.get("done_from") or data.get("done_to")
        data["state"] = data.get("state") or ("done" if past else "open")
        data["scope"] = data.get("scope") or "all"
        super().__init__(data, queryset, request=request)
        teams = teams_for(self.standing)
        self.teams = by_code(teams)
        self.organizations = {code: pk for code, _name, pk in organizations_of(teams)}
        self.filters["team"].extra["choices"] = [(t.code, t.name) for t in teams]
        self.filters["organization"].extra["choices"] = [
            (code, name) for code, name, _pk in organizations_of(teams)
        ]

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self.request.user, self.request.today)

    @property
    def order_by(self) -> str:
        return "-due" if self.data["state"] in PAST else "due"

    def by_state(self, queryset: TaskQuerySet, name: str, value: str) -> QuerySet:
        today, now = self.request.today, self.request.now
        choose: dict[str, Callable[[], QuerySet]] = {
            "open": queryset.open,
            "overdue": lambda: queryset.overdue(now),
            "today": lambda: queryset.due_today(today, now),
            "upcoming": lambda: queryset.upcoming(*self.ahead()),
            "begun": queryset.begun,
            "waiting": lambda: waiting(queryset, self.standing),
            "unconfirmed": lambda: unacknowledged(queryset, self.standing, today),
            "astray": lambda: queryset.filter(pk__in=[s.task.pk for s in strays(queryset)]),
            "done": queryset.done,
            "late": queryset.late,
            "skipped": queryset.skipped,
            "any": queryset.all,
        }
        return choose[value]()

    def ahead(self) -> tuple[Any, Any]:
        """The next business day and the fifth, by the person's own calendar."""
        teams = self.standing.teams
        calendar = calendar_of(teams[0].organization if teams and not self.standing.is_union else None)
        today = self.request.today
        return calendar.add_business_days(today, 1), calendar.add_business_days(today, AHEAD)

    def by_scope(self, queryset: TaskQuerySet, name: str, value: str) -> TaskQuerySet:
        """自分: assigned to me, or to nobody where one of my teams has ◎; チーム: where one of them has ◎.

        Where they have any mark or sign is less than all: of a case people read the steps of others too."""
        if value == "all":
            return queryset
        if value == "marked":
            return queryset.filter(duty_id__in=list(self.standing.marks))
        team = self.marked(self.mine, MAIN)
        if value == "team":
            return queryset.filter(team)
        return queryset.filter(Q(assignee=self.request.user) | Q(assignee=None) & team)

    def by_team(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        mark = self.form.cleaned_data.get("mark")
        return queryset.filter(self.marked([self.teams[value]], {mark} if mark else None))

    def by_cycle(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == PERIODIC:
            return queryset.exclude(duty__cycle=Cycle.DAILY)
        return queryset.filter(duty__cycle=value)

    def by_mark(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Of the chosen team, which by_team looks at; without one, of mine."""
        if self.form.cleaned_data.get("team"):
            return queryset
        return queryset.filter(self.marked(self.mine, {value}))

    @property
    def mine(self) -> list[TeamChoice]:
        return [self.teams[code_of(team)] for team in self.standing.teams]

    def marked(self, teams: Iterable[TeamChoice], marks: Set[str] | None) -> Q:
        """Tasks on which one of `teams` has a mark; of a municipality its own and the common ones."""
        found = Q(pk__in=[])
        for team in teams:
            arm = Q(duty_id__in=duties_marked(team.role_id, marks))
            if team.is_member:
                arm &= Q(organization_id__in=[team.organization_id, self.standing.union_id])
            found |= arm
        return found

    def by_organization(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(organization=self.organizations[value])

    def by_assignee(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """A login name, or part of a name."""
        return queryset.filter(Q(assignee__login=value) | Q(assignee__name__icontains=value))

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:5]:
            queryset = queryset.filter(
                Q(duty__work__icontains=word) | Q(duty__note__icontains=word) | Q(remark__icontains=word)
            )
        return queryset


def duties_marked(role_id: int, marks: Set[str] | None) -> QuerySet:
    """Duties of every issued edition on which a role has a mark, one of `marks` if given."""
    rows = Assignment.objects.filter(role=role_id, duty__edition__state__in=Edition.ISSUED)
    return (rows.filter(mark__in=marks) if marks else rows).values("duty_id")


@cache
def signed() -> Exists:
    """Somebody has signed the task, and the signature stands. Built once: a query copies what it takes in."""
    return Exists(Signature.objects.filter(task=OuterRef("pk"), void_at=None))


@cache
def next_signer(field: str) -> Case:
    """`field` of the signer whose turn it is, where somebody has signed already. Built once, as `signed`."""
    given = Signature.objects.filter(
        task=OuterRef(OuterRef("pk")), void_at=None, position=OuterRef("position")
    )
    rows = Signer.objects.filter(~Exists(given), duty=OuterRef("duty_id")).order_by("position")
    return Case(When(signed(), then=Subquery(rows.values(field)[:1])))


def waiting(queryset: TaskQuerySet, standing: Standing) -> TaskQuerySet:
    """Open, signed by somebody, and the next signature is the person's; for the union, anybody's."""
    found = queryset.open().filter(signed())
    if standing.is_union:
        return found
    mine = {team.role_id for team in standing.teams}
    approving = {team.role_id for team in standing.teams if team.pk in standing.approver_of}
    signers = Signer.objects.filter(Q(role__in=approving) | Q(role__in=mine, is_approver=False))
    return found.alias(turn=next_signer("pk")).filter(turn__in=signers.values("pk"))
