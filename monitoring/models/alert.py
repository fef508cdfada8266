"""Alert: something is wrong, once; AlertEvent: every single time that a tool said so."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.reach import alerts_of
from opsdesk.accounts.models import Organization
from tasks.models import Case, Task

from .check import Check
from .device import Device
from .heartbeat import Heartbeat
from .source import Source
from .watch import State, Watch


class AlertQuerySet(models.QuerySet):
    def open(self):
        return self.filter(recovered_at=None)

    def visible_to(self, user: Any, today: date):
        """Alerts of rows on which a team of the user has a mark; a municipality its own and the shared."""
        return self.filter(alerts_of(user, today))


class Alert(models.Model):
    """While it is open there is one of a fingerprint, and `count` says how often it came.

    `key` is the duty whose marks say who reads it: one of 57–60, of a heartbeat its own duty. `case` is the
    one it opened (or joined), `task` its step; of a heartbeat the scheduled task. A storm's one stands for
    all that came beyond the first few of a device. `seen_by` is who confirmed it (確認した)."""

    class Kind(models.TextChoices):
        DOWN = State.DOWN.value, State.DOWN.label
        LATE = State.LATE.value, State.LATE.label
        WARNING = State.WARNING.value, State.WARNING.label

    fingerprint = models.CharField(max_length=64)
    state = models.CharField(_("状態"), max_length=8, choices=Kind.choices, default=State.DOWN)
    watch = models.CharField(_("監視の種類"), max_length=12, choices=Watch.choices)
    key = models.PositiveIntegerField(_("業務キー"))
    title = models.CharField(_("内容"), max_length=200)
    said = models.TextField(_("最後の内容"), blank=True, default="")
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("団体"),
    )
    device = models.ForeignKey(
        Device,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alerts",
        verbose_name=_("機器"),
    )
    check_of = models.ForeignKey(
        Check, on_delete=models.SET_NULL, null=True, blank=True, related_name="alerts"
    )
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts")
    heartbeat = models.ForeignKey(
        Heartbeat, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    is_storm = models.BooleanField(_("まとめ"), default=False)
    first_at = models.DateTimeField(_("最初の検知"))
    last_at = models.DateTimeField(_("最後の検知"))
    count = models.PositiveIntegerField(_("回数"), default=1)
    recovered_at = models.DateTimeField(_("復旧"), null=True, blank=True)
    case = models.ForeignKey(
        Case,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alerts",
        verbose_name=_("案件"),
    )
    task = models.ForeignKey(
        Task,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alerts",
        verbose_name=_("作業"),
    )
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seen_at = models.DateTimeField(_("確認した日時"), null=True, blank=True)
    seen_note = models.CharField(_("ひとこと"), max_length=200, blank=True, default="")

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("警報")
        verbose_name_plural = _("警報")
        ordering = ["-first_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(recovered_at=None), name="alert_open_once"
            )
        ]
        indexes = [
            models.Index(fields=["device", "-first_at", "-id"], name="alert_by_device"),
            models.Index(fields=["-first_at", "-id"], condition=Q(recovered_at=None), name="alert_open"),
            models.Index(fields=["fingerprint", "-id"], name="alert_by_fingerprint"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.recovered_at is None


class AlertEvent(models.Model):
    """One thing that a check or a tool said of `fingerprint`; without an alert it fell into a maintenance.

    `ref` is the tool's own number of it: the same one twice is one event. `evidence` is what came with it."""

    class Kind(models.TextChoices):
        BAD = "bad", _("検知")
        RECOVERED = "recovered", _("復旧")

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, null=True, related_name="events")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="events")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="events")
    kind = models.CharField(_("種別"), max_length=10, choices=Kind.choices, default=Kind.BAD)
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField(_("日時"))
    said = models.TextField(_("内容"), blank=True, default="")
    evidence = models.JSONField(_("証拠"), default=dict, blank=True)
    ref = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("検知の記録")
        verbose_name_plural = _("検知の記録")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "ref"], condition=~Q(ref=""), name="alert_event_ref_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.said}"
