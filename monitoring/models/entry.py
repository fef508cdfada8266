"""Entry: one thing that a source sent in, kept before it is judged; and the names that no device has."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .device import Device
from .source import Source


class EntryQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(judged_at=None)

    def around(self, entry: Entry):
        """The entries of the same device, or of the same name that no device has."""
        if entry.device_id:
            return self.filter(device=entry.device_id)
        return self.filter(device=None, host=entry.host)


class Entry(models.Model):
    """`at` is when it came, `said_at` the sender's clock. `host` is the name that it gives the device.

    `mark` is the sender's name of the fault, `ref` its name of this event: one of a source is taken once.
    `level` is that of syslog, 0 the worst. A muted one fell into a maintenance of its device."""

    class What(models.TextChoices):
        PROBLEM = "problem", _("検知")
        RECOVERED = "recovered", _("復旧")
        LINE = "line", _("ログ")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="entries", db_index=False)
    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, null=True, related_name="entries", db_index=False
    )
    what = models.CharField(_("種別"), max_length=10, choices=What.choices)
    host = models.CharField(_("ホスト名"), max_length=255, blank=True, default="")
    at = models.DateTimeField(_("受信日時"))
    said_at = models.DateTimeField(_("発生日時"), null=True)
    program = models.CharField(_("プログラム"), max_length=100, blank=True, default="")
    level = models.PositiveSmallIntegerField(_("重大度"), default=5)
    watch = models.CharField(max_length=20, blank=True, default="")
    title = models.CharField(_("件名"), max_length=200)
    said = models.TextField(_("内容"), blank=True, default="")
    mark = models.CharField(max_length=200, blank=True, default="")
    ref = models.CharField(max_length=200, blank=True, default="")
    evidence = models.JSONField(_("証拠"), default=dict, blank=True)
    judged_at = models.DateTimeField(_("判定日時"), null=True)
    is_muted = models.BooleanField(_("保守時間"), default=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("受信した記録")
        verbose_name_plural = _("受信した記録")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "ref"], condition=~Q(ref=""), name="entry_ref_once")
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(judged_at=None), name="entry_waiting"),
            models.Index(fields=["device", "id"], name="entry_by_device"),
            models.Index(fields=["host", "id"], condition=Q(device=None), name="entry_by_host"),
            models.Index(fields=["at"], name="entry_by_time"),
        ]

    def __str__(self) -> str:
        return self.title


class UnknownName(models.Model):
    """A name under which a source spoke of a device that nobody has registered; folded as device names are.

    `ignored_at`: somebody said that it is none of ours; what it sends is kept, and raises nothing."""

    name = models.CharField(_("ホスト名"), max_length=255, unique=True)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+", verbose_name=_("送信元"))
    first_at = models.DateTimeField(_("最初の受信"))
    last_at = models.DateTimeField(_("最後の受信"))
    count = models.PositiveIntegerField(_("件数"), default=1)
    said = models.CharField(_("最後の内容"), max_length=200, blank=True, default="")
    ignored_at = models.DateTimeField(_("対象外にした日時"), null=True, blank=True)
    ignored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("未登録の機器")
        verbose_name_plural = _("未登録の機器")
        ordering = ["-last_at", "-pk"]
        indexes = [models.Index(fields=["-last_at", "-id"], name="unknown_by_last")]

    def __str__(self) -> str:
        return self.name
