"""Heartbeat: a URL that a batch or a virus scanner calls when the work of a scheduled duty is done."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.reach import alerts_of
from opsdesk.accounts.models import Organization


class HeartbeatQuerySet(models.QuerySet):
    def visible_to(self, user: Any, today: date):
        """Those of duties on which a team of the user has a mark; a municipality its own and the shared."""
        return self.filter(alerts_of(user, today))


class Heartbeat(models.Model):
    """`key` is that of the duty; `organization` whose task it is (empty: the common one, the union's).

    A success closes the open task of the day (or of the period) with `fills`, its answers by field key; `log`
    names the field of kind file that takes the log, else it is a file of the task. `fails` are answers that a
    failure puts in. On the due day, after `planned_at` and `grace` minutes, silence is an alert."""

    name = models.CharField(_("名称"), max_length=100)
    key = models.PositiveIntegerField(_("業務キー"))
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("団体(空欄は共通)"),
    )
    token_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    planned_at = models.TimeField(_("予定の時刻"), default=time(8, 30))
    grace = models.PositiveIntegerField(_("猶予(分)"), default=60, validators=[MaxValueValidator(1440)])
    closes = models.BooleanField(_("成功したら作業を完了にする"), default=True)
    fills = models.JSONField(_("成功のときの記入"), default=dict, blank=True)
    fails = models.JSONField(_("失敗のときの記入"), default=dict, blank=True)
    log = models.CharField(_("記録を入れる記入項目"), max_length=60, blank=True, default="")
    is_active = models.BooleanField(_("有効"), default=True)

    minute_at = models.DateTimeField(null=True, blank=True, editable=False)
    minute_count = models.PositiveIntegerField(default=0, editable=False)
    started_at = models.DateTimeField(_("最後の開始"), null=True, blank=True, editable=False)
    succeeded_at = models.DateTimeField(_("最後の成功"), null=True, blank=True, editable=False)
    failed_at = models.DateTimeField(_("最後の失敗"), null=True, blank=True, editable=False)

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("完了通知")
        verbose_name_plural = _("完了通知")
        ordering = ["key", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="heartbeat_token_once"
            ),
            models.UniqueConstraint(
                fields=["key", "organization"],
                condition=Q(is_active=True, organization__isnull=False),
                name="heartbeat_of_town_once",
                violation_error_message=_("この業務の完了通知がすでにあります。"),
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(is_active=True, organization__isnull=True),
                name="heartbeat_of_duty_once",
                violation_error_message=_("この業務の完了通知がすでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
