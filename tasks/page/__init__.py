"""Everything that a task's page shows to one person, in a few statements and in plain values."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from opsdesk.calendar.book import days_of
from opsdesk.lib.statement import Statement
from raci.access import standing_of
from raci.definition import definition_of
from raci.models import Mark, Sharing
from tasks import kinds
from tasks.acting import CLOSE, FILL, main_teams
from tasks.astray import Stray, edition_of_period, stray_of
from tasks.casepage.head import Head, Place
from tasks.caseplace import address
from tasks.models import Case, Task
from tasks.models.case import concerning
from tasks.models.task import with_duty
from tasks.reach import Reach
from tasks.reopening import why_not_reopen
from tasks.reporting import may_report, reported_from
from tasks.words import due_words, is_recorded_later, period_long, period_short, state_words

from .surroundings import Surroundings
from .writing import Writing


def pages(tasks: QuerySet[Task] | None = None) -> QuerySet[Task]:
    """`tasks` (all of them) with all that their page reads of other rows, except with_duty."""
    rows = (Task.objects.all() if tasks is None else tasks).select_related(
        "organization", "assignee", "lead", "closed_by", "closed_for", "procedure", "case"
    )
    return rows.defer("procedure__text").annotate(edition_due=edition_of_period())


def _page(reach: Reach, *, pk: int) -> QuerySet[Task]:
    rows = pages(Task.objects.within(reach)).filter(pk=pk).annotate(**days_of("organization"))
    towns = {arm.organization for arm in reach or () if arm.is_member}
    return rows.annotate(concerns_own=concerning(towns.pop())) if len(towns) == 1 else rows


PAGE = Statement(_page)


def page_task(pk: int, reach: Reach = None) -> Task:
    """The task as its page needs it, if it is within `reach` (None: everywhere); raises Task.DoesNotExist."""
    for task in PAGE.ask(reach, pk=pk):
        return with_duty(task)
    raise Task.DoesNotExist


class Page(Writing, Surroundings):
    """Who may do what with a task now; its header."""

    @property
    def title(self) -> str:
        return self.task.duty.work

    @cached_property
    def case_places(self) -> list[Place]:
        """The bar of steps of the task's case."""
        if self.task.case is None:
            return []
        return Head(self.task.case, self.user, now=self.now, today=self.today).small_bar

    @cached_property
    def due(self) -> tuple[str, str]:
        return due_words(self.task, self.calendar, self.now, self.today)

    @cached_property
    def state(self) -> tuple[str, str]:
        waiting = self.turn["label"] if self.turn and any(s["signature"] for s in self.steps) else ""
        return state_words(self.task, self.now, waiting)

    @cached_property
    def period(self) -> str:
        return period_long(self.task, self.calendar)

    @cached_property
    def period_crumb(self) -> str:
        return period_short(self.task, self.today)

    @cached_property
    def marks(self) -> list[tuple[str, str]]:
        """(mark, role), strongest first: the reason why whom (担当の根拠)."""
        order = [Mark.MAIN.value, Mark.SUPPORT.value, Mark.RELATED.value]
        found = sorted(self.definition.assignments, key=lambda a: order.index(a.mark))
        return [(a.mark, str(a.role)) for a in found]

    @cached_property
    def crumbs(self) -> list[tuple[str, str]]:
        number = _("No.%(number)s") % {"number": self.task.duty.number}
        where = f"{self.task.organization} " if not self.is_common else ""
        if self.task.case is not None:
            return [
                (_("ダッシュボード"), "/"),
                kinds.of(self.task.case.kind).home(),
                (self.task.case.number, address(self.task.case)),
                (f"{number} {where}".strip(), ""),
            ]
        return [
            (_("ダッシュボード"), "/"),
            (_("作業一覧"), reverse("tasks:list")),
            (number, f"{reverse('tasks:list')}?duty={self.task.duty.number}"),
            (f"{where}{self.period_crumb}", ""),
        ]

    @property
    def may_skip(self) -> bool:
        return self.task.is_open and bool(main_teams(self.task, self.closers))

    @property
    def may_move(self) -> bool:
        """The union's people move a due day."""
        return self.task.is_open and standing_of(self.user, self.today).is_union

    @cached_property
    def may_reopen(self) -> bool:
        return not self.task.is_open and any(
            not why_not_reopen(self.task, team, self.now) for team in self.own(CLOSE)
        )

    @cached_property
    def stray(self) -> Stray | None:
        """An edition came whose ◎ on the begun task are others, or that has no such task."""
        t, papers = self.task, self.papers
        is_touched = t.is_begun or t.answers or papers.comments or papers.files or papers.signatures
        return stray_of(t) if is_touched else None

    @property
    def stray_marks(self) -> list[str]:
        """Who has ◎ there."""
        line = self.stray.line if self.stray else None
        if line is None:
            return []
        return [str(a.role) for a in definition_of(line.duty.pk).assignments if a.mark == Mark.MAIN]

    @property
    def may_repoint(self) -> bool:
        if self.stray is None or self.stray.line is None:
            return False
        return standing_of(self.user, self.today).is_union or bool(main_teams(self.task, self.own(CLOSE)))

    @property
    def may_report(self) -> bool:
        """異常あり offers the incident."""
        return may_report(self.task)

    @cached_property
    def reported(self) -> list[tuple[Case, str]]:
        """The cases that came from the finding, with their addresses."""
        found = reported_from(self.task).visible_to(self.user, self.today)
        return [(case, address(case)) for case in found]

    @property
    def is_recorded_later(self) -> bool:
        return is_recorded_later(self.task, self.calendar)

    @property
    def is_mine(self) -> bool:
        return self.task.assignee_id == self.user.pk

    @property
    def my_team_ids(self) -> set[int]:
        return {t.pk for t in self.commenters}

    @property
    def may_take(self) -> bool:
        """Nobody has it yet, or the lead is still free for a ◎ team of mine."""
        if not self.task.is_open or not self.own(FILL):
            return False
        if self.task.assignee_id is None:
            return True
        return (
            self.is_mine
            and self.task.duty.sharing == Sharing.ANY
            and self.task.lead_id is None
            and bool(self.own(CLOSE))
        )

    @property
    def may_let_go(self) -> bool:
        return self.task.is_open and self.is_mine

    @property
    def may_assign(self) -> bool:
        return self.task.is_open and bool(self.own(FILL))
