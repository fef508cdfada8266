"""Case: something that travels through several duties; its steps are tasks."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Organization, Team
from raci.access import standing_of
from raci.models import CaseKind, Duty
from tasks.reach import Arm, Reach, reach_of


class CaseQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=Case.State.OPEN)

    def visible_to(self, user: Any, today: date):
        """Cases that `user` may read: on whose chain a team of theirs has a mark, and the own reports.

        A municipality reads only what concerns it, or what it reported (依頼元), also as a duplicate of it;
        the union reads all."""
        return self.within(reach_of(standing_of(user, today)))

    def within(self, reach: Reach):
        """Cases that somebody of that reach may read."""
        if reach is None:
            return self.all()
        seen = Q(pk__in=[])
        for arm in reach:
            seen |= _read_by(arm)
        return self.filter(seen)


def _read_by(arm: Arm) -> Q:
    """Cases that a team reads: a municipality what concerns it or it reported, a vendor its own too."""
    if not arm.is_member:
        return Q(entry__in=arm.entries) | Q(raised_for=arm.team)
    concerned = Concern.objects.filter(case=OuterRef("pk"), organization=arm.organization)
    own = Q(reporter=arm.organization)
    followed = Case.objects.filter(own, state=Case.State.DUPLICATE).values("duplicate_of")
    return (Q(entry__in=arm.entries) & Exists(concerned)) | own | Q(pk__in=followed)


def of_case(arm: Arm) -> Exists:
    """For tasks: whether the team reads the case of which the task is a step."""
    return Exists(Case.objects.filter(_read_by(arm), pk=OuterRef("case_id")))


def concerning(organization_id: int) -> Exists:
    """For tasks: whether their case concerns the organization."""
    return Exists(Concern.objects.filter(case=OuterRef("case_id"), organization=organization_id))


class Case(models.Model):
    """`entry` is the duty at which it was raised, and with it the edition to which all its steps belong.

    `number` is without gaps in its kind and fiscal year; `reporter` is the organization that asked (依頼元).
    `situation` is pinned above the timeline: {"now": …, "impact": …, "next": …}."""

    class State(models.TextChoices):
        OPEN = "open", _("対応中")
        CLOSED = "closed", _("完了")
        WITHDRAWN = "withdrawn", _("取り下げ")
        DUPLICATE = "duplicate", _("重複")

    kind = models.CharField(_("種類"), max_length=10, choices=CaseKind.choices)
    fiscal_year = models.PositiveSmallIntegerField(_("年度"))
    serial = models.PositiveIntegerField(_("番号"))
    number = models.CharField(_("番号"), max_length=20, unique=True)
    title = models.CharField(_("件名"), max_length=200)
    entry = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="cases", verbose_name=_("業務"))
    state = models.CharField(_("状態"), max_length=10, choices=State.choices, default=State.OPEN)
    situation = models.JSONField(_("現在の状況"), default=dict, blank=True)
    reporter = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reported_cases",
        verbose_name=_("依頼元"),
    )
    raised_at = models.DateTimeField(_("起票日時"))
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("起票者"),
    )
    raised_for = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("起票した担当"),
    )
    closed_at = models.DateTimeField(_("完了日時"), null=True, blank=True)
    reason = models.TextField(_("理由"), blank=True, default="")
    duplicate_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name=_("重複する案件"),
    )
    #: Of the form that raised it: sent twice it raises one case.
    token = models.CharField(max_length=32, blank=True, default="", editable=False)
    version = models.PositiveIntegerField(default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("案件")
        verbose_name_plural = _("案件")
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "fiscal_year", "serial"], name="case_number_once"),
            models.UniqueConstraint(
                fields=["raised_by", "token"], condition=~Q(token=""), name="case_form_once"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "-raised_at", "-id"], name="case_by_kind"),
            models.Index(fields=["-raised_at", "-id"], condition=Q(state="open"), name="case_open"),
            models.Index(fields=["reporter"], condition=Q(state="duplicate"), name="case_followed"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Concern(models.Model):
    """An organization that a case concerns (関係団体)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="concerns")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="concerns", verbose_name=_("関係団体")
    )

    class Meta:
        verbose_name = _("関係団体")
        verbose_name_plural = _("関係団体")
        ordering = ["organization__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "organization"], name="concern_once")]

    def __str__(self) -> str:
        return str(self.organization)


class CaseLink(models.Model):
    """`case` came from `source`, another case that goes on, or from `task`, a finding of scheduled work.

    Five calls about one outage are five sources of one incident."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sources", verbose_name=_("案件"))
    source = models.ForeignKey(
        Case,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="linked",
        verbose_name=_("もとの案件"),
    )
    task = models.ForeignKey(
        "tasks.Task",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="linked",
        verbose_name=_("もとの作業"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("日時"))

    class Meta:
        verbose_name = _("関連する案件")
        verbose_name_plural = _("関連する案件")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "source"], name="case_link_once"),
            models.CheckConstraint(
                condition=Q(source__isnull=False) | Q(task__isnull=False), name="case_link_has_source"
            ),
            models.CheckConstraint(
                condition=Q(source=None) | ~Q(source=models.F("case")), name="case_link_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source or self.task} → {self.case}"


class CaseCounter(models.Model):
    """The last number given of a kind in a fiscal year; its row is locked while one is given."""

    kind = models.CharField(max_length=10)
    fiscal_year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "fiscal_year"], name="case_counter_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.fiscal_year} {self.last}"
