"""Procedure: one version of the 手順書 of a duty, and the files of it. Versions are added, never changed."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Team
from raci.access import standing_of
from raci.models import Duty, Edition

from .task import Task

TOKYO = ZoneInfo("Asia/Tokyo")


def end_of(day: date) -> datetime:
    """The moment after the last of `day`."""
    return datetime.combine(day + timedelta(1), time(), TOKYO)


class ProcedureQuerySet(models.QuerySet):
    def of(self, key: int):
        """All versions of a duty, newest first."""
        return self.filter(key=key).order_by("-number")

    def current(self):
        """The versions that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def in_force_on(self, key: int, day: date):
        """The version by which work on `day` was done, the last of the day; at most one row."""
        return self.in_force_until(key, end_of(day))

    def in_force_until(self, key: int, end: datetime):
        """The one that was in force just before `end`."""
        held = self.of(key).filter(at__lt=end).filter(Q(withdrawn_at=None) | Q(withdrawn_at__gte=end))
        return held[:1]

    def visible_to(self, user: Any, today: date):
        """For the union all; else those of duties on which `user` has a mark in the edition in force, and
        the versions that tasks carry which `user` sees by the marks of an earlier edition."""
        standing = standing_of(user, today)
        if standing.is_union:
            return self.all()
        now = Edition.objects.shown_on(today)
        marked = list(Duty.objects.filter(pk__in=list(standing.marks)).values_list("key", "edition_id"))
        own = {key for key, edition in marked if now and edition == now.pk}
        earlier = {key for key, _edition in marked} - own
        seen = Q(key__in=own)
        if earlier:
            tasks = Task.objects.visible_to(user, today).filter(key__in=earlier, procedure__isnull=False)
            seen |= Q(pk__in=tasks.order_by().values("procedure"))
        return self.filter(seen)


class Procedure(models.Model):
    """By the duty's key, outside the edition. A withdrawn version stays readable and is in force no more."""

    key = models.PositiveIntegerField(_("業務キー"))
    number = models.PositiveIntegerField(_("版"))
    text = models.TextField(_("手順"), blank=True)
    reason = models.CharField(_("変更の内容"), max_length=200, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", verbose_name=_("担当"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("保存した人")
    )
    at = models.DateTimeField(_("日時"))
    withdrawn_at = models.DateTimeField(_("取り下げた日時"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.TextField(_("取り下げの理由"), blank=True)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("手順書")
        verbose_name_plural = _("手順書")
        ordering = ["key", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "number"],
                name="procedure_once",
                violation_error_message=_("この版の手順書はすでにあります。"),
            )
        ]

    def __str__(self) -> str:
        return str(_("手順書 第%(number)s版") % {"number": self.number})

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


class ProcedureFileQuerySet(models.QuerySet):
    def visible_to(self, user: Any, today: date):
        return self.filter(procedure__in=Procedure.objects.visible_to(user, today))


class ProcedureFile(models.Model):
    """A file of one version; the next version has a row of its own with the same content on disk."""

    procedure = models.ForeignKey(
        Procedure, on_delete=models.PROTECT, related_name="files", verbose_name=_("手順書")
    )
    file = models.FileField(_("ファイル"), upload_to="procedures/%Y/%m/")
    name = models.CharField(_("ファイル名"), max_length=200)
    content_type = models.CharField(_("種類"), max_length=100)
    size = models.PositiveBigIntegerField(_("大きさ"))
    sha256 = models.CharField(max_length=64)

    objects = ProcedureFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("手順書のファイル")
        verbose_name_plural = _("手順書のファイル")
        ordering = ["procedure", "pk"]

    def __str__(self) -> str:
        return self.name
