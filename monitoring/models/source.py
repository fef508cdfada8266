"""Source: a tool of the field that sends events in, known by its token."""

from __future__ import annotations

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .watch import Watch


class SourceQuerySet(models.QuerySet):
    def with_token(self, token_hash: str, now: datetime):
        """The active source of a token (by its hash); after a rotation the one before holds for a while."""
        before = Q(previous_hash=token_hash, previous_until__gt=now)
        return self.filter(Q(token_hash=token_hash) | before, is_active=True)


class Source(models.Model):
    """Only the hash of a token is kept. `watch` is that of events which do not say it themselves.

    `rate` events a minute are taken; `minute_at` and `minute_count` count those of the running one."""

    class Kind(models.TextChoices):
        ALERTMANAGER = "alertmanager", _("Alertmanager")
        ZABBIX = "zabbix", _("Zabbix")
        EVENT = "event", _("JSONイベント(syslog-ng など)")

    name = models.CharField(
        _("名称"),
        max_length=100,
        unique=True,
        error_messages={"unique": _("同じ名称の送信元がすでにあります。")},
    )
    kind = models.CharField(_("種類"), max_length=12, choices=Kind.choices)
    watch = models.CharField(_("監視の種類"), max_length=12, choices=Watch.choices, default=Watch.LOG)
    token_hash = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)
    previous_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    previous_until = models.DateTimeField(_("前のトークンの期限"), null=True, blank=True, editable=False)
    rate = models.PositiveIntegerField(
        _("1分間の上限"), default=600, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    minute_at = models.DateTimeField(null=True, blank=True, editable=False)
    minute_count = models.PositiveIntegerField(default=0, editable=False)
    last_at = models.DateTimeField(_("最後の受信"), null=True, blank=True, editable=False)
    is_active = models.BooleanField(_("有効"), default=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("送信元")
        verbose_name_plural = _("送信元")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="source_token_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
