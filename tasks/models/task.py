"""Task: one occasion on which a duty is done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Organization, Team
from raci.access import standing_of
from raci.models import Cycle, Duty
from raci.outline import line_of
from tasks.reach import Reach, reach_of

from .case import concerning, of_case


class Outcome(models.TextChoices):
    NORMAL = "normal", _("正常")
    ABNORMAL = "abnormal", _("異常あり")


class IsPeriodic(models.Func):
    """Is a period something else than a day? Written out, so that the index over these is found.

    `2026-11-24` has a hyphen in the eighth place, `2026-11`, `FY2026` and `C123` have none."""

    template = "SUBSTR(%(expressions)s, 8, 1) <> '-'"
    output_field = models.BooleanField()


#: What isn't daily, by period and duty: there is hundreds of times more daily work than all else.
PERIODIC = Q(IsPeriodic("period")) & ~Q(duty__cycle=Cycle.DAILY)


class TaskQuerySet(models.QuerySet):
    """Verbs of the domain, to be chained."""

    def open(self):
        return self.filter(state=Task.State.OPEN)

    def done(self):
        return self.filter(state=Task.State.DONE)

    def skipped(self):
        return self.filter(state=Task.State.SKIPPED)

    def overdue(self, now: datetime):
        return self.open().filter(due_at__lt=now)

    def due_on(self, today: date):
        return self.filter(due_on=today)

    def due_today(self, today: date, now: datetime):
        """Open, due today, and not overdue yet."""
        return self.open().filter(due_on=today, due_at__gte=now)

    def upcoming(self, first: date, last: date):
        """Open and due from `first` to `last`; daily work is left out, it comes every day."""
        return self.open().filter(due_on__range=(first, last)).exclude(duty__cycle=Cycle.DAILY)

    def periodic(self):
        return self.filter(PERIODIC)

    def begun(self):
        """Open, and taken or with answers saved."""
        return self.open().filter(
            Q(assignee__isnull=False) | Q(lead__isnull=False) | Q(saved_at__isnull=False)
        )

    def late(self):
        """Done after the due day; judged by the day the work was done."""
        return self.done().filter(done_on__gt=F("due_on"))

    def of_team(self, team: Team, duties: Iterable[int] | models.QuerySet, union_id: int | None):
        """Tasks of `duties` that concern `team`: a municipality's own and the common ones, a vendor's all."""
        found = self.filter(duty_id__in=duties)
        if team.role.kind != Organization.Kind.MEMBER:
            return found
        own = Q(organization=team.organization_id)
        return found.filter(organization_id__in=[team.organization_id, union_id]).filter(
            own | Q(case=None) | concerning(team.organization_id)
        )

    def visible_to(self, user: Any, today: date):
        """Tasks that `user` may read on `today`: the marks of its own edition x the user's teams then.

        The union reads everything, a municipality its own and the common ones, a vendor all it has a mark on;
        of a case that it reads a municipality its own steps and the common ones, a vendor every step.
        """
        return self.within(reach_of(standing_of(user, today)))

    def within(self, reach: Reach):
        """Tasks that somebody of that reach may read."""
        if reach is None:
            return self.all()
        seen = Q(pk__in=[])
        for arm in reach:
            of_mine = Q(case=None, duty_id__in=arm.duties) | Q(Q(case__isnull=False), of_case(arm))
            if arm.is_member:
                of_mine &= Q(organization_id__in=(arm.organization, arm.union))
            seen |= of_mine
        return self.filter(seen)


class Task(models.Model):
    """A scheduled task is unique by (key, period, organization, serial); the union stands for common tasks.

    `period` is `2026-11-24`, `2026-11` or `FY2026`; `period_on` its first day. Of a step of a case it is `C`
    and the case's id, `serial` counts the steps of the duty in it, and `course` is what its closing asks:
    {"to": [keys of duties that follow], "again": [works sent back], "ng": true, "all": true}. A withdrawn
    step (取り下げ) is 対象外 and counts for nothing in its case. Begun, overdue, upcoming and waiting are
    derived, never stored. `version` rises with every command: a form says which one it shows.
    `moved_from` is the first due day of a task that a person moved: its dates are no longer the rule's.
    """

    class State(models.TextChoices):
        OPEN = "open", _("未完了")
        DONE = "done", _("完了")
        SKIPPED = "skipped", _("対象外")

    #: Allowed moves, by command.
    MOVES = {State.OPEN: {State.DONE, State.SKIPPED}, State.DONE: {State.OPEN}, State.SKIPPED: {State.OPEN}}

    key = models.PositiveIntegerField(_("業務キー"))
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, related_name="tasks", db_index=False, verbose_name=_("業務")
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="tasks", db_index=False, verbose_name=_("団体")
    )
    period = models.CharField(_("対象期間"), max_length=10)
    period_on = models.DateField(_("対象期間の初日"))
    serial = models.PositiveSmallIntegerField(_("臨時"), default=0, db_default=0)
    opens_on = models.DateField(_("開始日"))
    due_on = models.DateField(_("期限"))
    due_at = models.DateTimeField(_("期限の時刻"))
    moved_from = models.DateField(_("移す前の期限"), null=True, blank=True)
    state = models.CharField(
        _("状態"), max_length=10, choices=State.choices, default=State.OPEN, db_default=State.OPEN
    )
    is_caught_up = models.BooleanField(_("遡及"), default=False, db_default=False)
    created_at = models.DateTimeField(_("作成日時"))
    version = models.PositiveIntegerField(default=0, db_default=0)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_tasks",
        db_index=False,
        verbose_name=_("担当者"),
    )
    lead = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("主担当チーム"),
    )
    answers = models.JSONField(_("記入"), default=dict, blank=True, db_default={})
    saved_at = models.DateTimeField(_("途中保存"), null=True, blank=True)
    outcome = models.CharField(
        _("結果"), max_length=10, choices=Outcome.choices, blank=True, default="", db_default=""
    )
    remark = models.TextField(_("所見"), blank=True, default="", db_default="")
    done_on = models.DateField(_("実施日"), null=True, blank=True)
    closed_at = models.DateTimeField(_("記録日時"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("記録者"),
    )
    closed_for = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("記録した担当"),
    )
    is_proxy = models.BooleanField(_("代行"), default=False, db_default=False)
    reason = models.TextField(_("理由"), blank=True, default="", db_default="")
    #: The version of the 手順書 that was in force when the work was done.
    procedure = models.ForeignKey(
        "tasks.Procedure",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("手順書"),
    )

    case = models.ForeignKey(
        "tasks.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="steps",
        db_index=False,
        verbose_name=_("案件"),
    )
    round = models.PositiveSmallIntegerField(_("回"), default=1, db_default=1)
    course = models.JSONField(_("進み方"), null=True, blank=True)
    is_withdrawn = models.BooleanField(_("取り下げ"), default=False, db_default=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("作業")
        verbose_name_plural = _("作業")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["key", "period", "organization", "serial"], name="task_once"),
            models.CheckConstraint(condition=Q(due_on__gte=F("opens_on")), name="task_due_after_opening"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(closed_at__isnull=False, done_on__isnull=False),
                name="task_done_has_dates",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "due_at", "id"],
                condition=Q(state="open"),
                name="task_open_by_organization",
            ),
            models.Index(fields=["due_at", "id"], condition=Q(state="open"), name="task_open"),
            models.Index(fields=["organization", "due_at", "id"], name="task_by_organization"),
            models.Index(fields=["due_at", "id"], name="task_due"),
            models.Index(fields=["due_at"], condition=Q(IsPeriodic("period")), name="task_due_periodic"),
            models.Index(fields=["case", "id"], condition=Q(case__isnull=False), name="task_of_case"),
            models.Index(fields=["assignee"], condition=Q(state="open"), name="task_open_by_assignee"),
        ]

    def __str__(self) -> str:
        return f"No.{self.duty.number} {self.duty.work} {self.period}"

    @property
    def extra(self) -> int:
        """臨時: its number among the extra occasions of its period, 0 of what the calendar made."""
        return self.serial if self.duty.cycle in (Cycle.DAILY, Cycle.MONTHLY, Cycle.YEARLY) else 0

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_begun(self) -> bool:
        """Taken, or answers saved."""
        return self.is_open and (
            self.assignee_id is not None or self.lead_id is not None or self.saved_at is not None
        )

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and self.due_at < now

    @property
    def was_late(self) -> bool:
        """Judged by the day the work was done."""
        return self.state == self.State.DONE and self.done_on is not None and self.done_on > self.due_on

    @property
    def closed_on(self) -> date | None:
        return timezone.localdate(self.closed_at) if self.closed_at else None


def with_duty(task: Task) -> Task:
    """`task` with its duty, and its case's if that is loaded, as the process keeps it: an issued edition's
    never changes."""
    task.duty = line_of(task.duty_id).duty
    if task.case_id and Task._meta.get_field("case").is_cached(task) and task.case is not None:
        task.case.entry = line_of(task.case.entry_id).duty
    return task
