"""Incident: what is known of a case of the kind 障害, kept in step with its steps."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Organization
from raci.access import standing_of
from tasks.models import Case, Concern


class Stage(models.IntegerChoices):
    """How far an incident has come: the first of what is still to be done."""

    RECEIVED = 1, _("受付")
    JUDGED = 2, _("判定")
    HANDLED = 3, _("対応")
    CONFIRMED = 4, _("回復確認")
    REPORTED = 5, _("報告・記録")
    DONE = 6, _("完了")


class Level(models.TextChoices):
    STOPPED = "1", _("レベル1 全面停止")
    PARTLY = "2", _("レベル2 一部停止")
    REDUCED = "3", _("レベル3 縮退")
    MINOR = "4", _("レベル4 軽微")


ALARMING = Q(level=Level.STOPPED, recovered_at=None, stage__lt=Stage.DONE)


class IncidentQuerySet(models.QuerySet):
    def visible_to(self, user: Any, today: date):
        return self.filter(case__in=Case.objects.visible_to(user, today))

    def alarming(self):
        """Of level 1, and nobody has confirmed yet that all is well again."""
        return self.filter(ALARMING)

    def seen_from(self, user: Any, today: date):
        """Those whose banner stands on the pages of `user`."""
        return self.filter(affecting(user, today))


def affecting(user: Any, today: date) -> Q:
    """Municipalities see what affects them, the union and the vendors' teams all."""
    teams = standing_of(user, today).teams
    if any(t.role.kind != Organization.Kind.MEMBER for t in teams):
        return Q()
    concerns = Concern.objects.filter(organization__in=[t.organization_id for t in teams])
    return Q(case__in=concerns.values("case"))


class Incident(models.Model):
    """`level` is the one that counts today, "" while nobody has judged it or where it is no incident.

    `rejudged_at`: when it was judged again after the step that judged it first. `recovered_at`: when the last
    confirmation said that all is well, None while one is asked. Everything but the judging again follows from
    the steps of the case (handling.sync)."""

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, related_name="incident", verbose_name=_("案件")
    )
    stage = models.PositiveSmallIntegerField(_("段階"), choices=Stage.choices, default=Stage.RECEIVED)
    provisional_level = models.CharField(_("仮レベル"), max_length=1, blank=True, choices=Level.choices)
    level = models.CharField(_("障害レベル"), max_length=1, blank=True, choices=Level.choices)
    is_none = models.BooleanField(_("障害でない"), default=False)
    means = models.CharField(_("手段"), max_length=20, blank=True)
    cause_kind = models.CharField(_("原因区分"), max_length=40, blank=True)
    raised_at = models.DateTimeField(_("起票日時"))
    detected_at = models.DateTimeField(_("検知日時"), null=True, blank=True)
    judged_at = models.DateTimeField(_("判定日時"), null=True, blank=True)
    rejudged_at = models.DateTimeField(_("見直し日時"), null=True, blank=True)
    responded_at = models.DateTimeField(_("最初の対応の完了"), null=True, blank=True)
    recovered_at = models.DateTimeField(_("回復日時"), null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("障害")
        verbose_name_plural = _("障害")
        ordering = ["-raised_at", "-pk"]
        indexes = [
            models.Index(fields=["-raised_at", "-id"], name="incident_by_day"),
            models.Index(
                fields=["case"],
                condition=Q(level="1", recovered_at=None, stage__lt=6),
                name="incident_alarming",
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)

    @property
    def current_level(self) -> str:
        """The level that counts, before judging the provisional one."""
        return self.level or ("" if self.is_none else self.provisional_level)
