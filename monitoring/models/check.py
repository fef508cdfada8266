"""Check: what is asked of a device, how often, and how its last answers were judged."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from monitoring import params

from .device import Device
from .watch import State, Watch


class CheckQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True, device__is_active=True)

    def reaching(self, user: Any, now: datetime):
        """Of devices that the person reads."""
        devices = Device.objects.visible_to(user, timezone.localdate(now))
        return self.filter(device__in=devices)

    def free(self, now: datetime):
        """It is time, and nobody runs it: the lease of a worker that died has run out."""
        return self.filter(Q(leased_until=None) | Q(leased_until__lt=now), next_at__lte=now)

    def due(self, now: datetime):
        """To be run now."""
        return self.active().free(now)


class Check(models.Model):
    """`params` are read by monitoring/params.py (port, path, text …), `limits` are {quantity: {"warning": 85,
    "critical": 95}}. Bad is `bad_of` of the last `window` answers, good again after `good_in_a_row`.

    `next_at`, `leased_until` and `leased_by` say whose turn it is: who writes the own name runs it. `recent`
    are the levels of the last answers (0 good, 1 warning, 2 bad), the newest last. One that nobody ran for
    `interval` + `grace` seconds is late."""

    class Kind(models.TextChoices):
        TCP = "tcp", _("TCP接続")
        HTTP = "http", _("HTTP(S)応答")
        TLS = "tls", _("TLS証明書の期限")
        ICMP = "icmp", _("ping")
        EXPORTER = "exporter", _("性能値(exporter)")

    device = models.ForeignKey(
        Device, on_delete=models.CASCADE, related_name="checks", verbose_name=_("機器")
    )
    name = models.CharField(_("監視項目"), max_length=100)
    watch = models.CharField(_("監視の種類"), max_length=12, choices=Watch.choices, default=Watch.LIVENESS)
    kind = models.CharField(_("方法"), max_length=10, choices=Kind.choices, default=Kind.TCP)
    params = models.JSONField(_("設定"), default=dict, blank=True)
    limits = models.JSONField(_("しきい値"), default=dict, blank=True)
    interval = models.PositiveIntegerField(
        _("間隔(秒)"), default=60, validators=[MinValueValidator(10), MaxValueValidator(86400)]
    )
    timeout = models.PositiveSmallIntegerField(
        _("待つ時間(秒)"), default=5, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    grace = models.PositiveIntegerField(_("猶予(秒)"), default=120, validators=[MaxValueValidator(86400)])
    bad_of = models.PositiveSmallIntegerField(
        _("異常とする回数"), default=3, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    window = models.PositiveSmallIntegerField(
        _("直近の回数"), default=3, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    good_in_a_row = models.PositiveSmallIntegerField(
        _("復旧とする連続回数"), default=2, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    is_active = models.BooleanField(_("有効"), default=True)

    next_at = models.DateTimeField(_("次の実行"))
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    leased_by = models.CharField(max_length=32, blank=True, default="", editable=False)

    state = models.CharField(
        _("状態"), max_length=8, choices=State.choices, default=State.UNKNOWN, editable=False
    )
    since_at = models.DateTimeField(_("その状態になった日時"), null=True, blank=True, editable=False)
    recent = models.JSONField(default=list, blank=True, editable=False)
    last_at = models.DateTimeField(_("最後の結果"), null=True, blank=True, editable=False)
    last_ok_at = models.DateTimeField(_("最後の正常"), null=True, blank=True, editable=False)
    last_value = models.FloatField(_("最後の値"), null=True, blank=True, editable=False)
    last_said = models.TextField(_("最後の応答"), blank=True, default="", editable=False)

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("監視項目")
        verbose_name_plural = _("監視項目")
        ordering = ["device__name", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["device", "name"],
                name="check_name_once",
                violation_error_message=_("この機器に同じ名前の監視項目があります。"),
            ),
            models.CheckConstraint(
                condition=Q(bad_of__lte=F("window")),
                name="check_bad_within_window",
                violation_error_message=_("異常とする回数は、直近の回数以下にしてください。"),
            ),
        ]
        indexes = [models.Index(fields=["next_at", "id"], condition=Q(is_active=True), name="check_next")]

    def __str__(self) -> str:
        return f"{self.device} {self.name}"

    def is_late(self, now: datetime) -> bool:
        """Nobody ran it for longer than its interval and grace: what it last said may be old."""
        return now > self.next_at + timedelta(seconds=self.interval + self.grace)

    def clean(self) -> None:
        """`params` and `limits` are what the kind understands; they are stored as they were read."""
        errors: dict[str, str] = {}
        for name, read in (("params", params.read), ("limits", params.read_limits)):
            try:
                setattr(self, name, read(self.kind, getattr(self, name)))
            except ValueError as error:
                errors[name] = str(error)
        if errors:
            raise ValidationError(errors)


class Sample(models.Model):
    """One measured value; of `hours` (below) the mean, once the full ones are too old."""

    check_of = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="samples", db_index=False)
    quantity = models.CharField(_("項目"), max_length=80)
    at = models.DateTimeField(_("日時"))
    value = models.FloatField(_("値"))

    class Meta:
        verbose_name = _("測定値")
        verbose_name_plural = _("測定値")
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["check_of", "quantity", "at"], name="sample_once")]

    def __str__(self) -> str:
        return f"{self.quantity} {self.value} {self.at:%Y-%m-%d %H:%M}"


class HourSample(models.Model):
    """The values of one hour: least, mean and most of `count`."""

    check_of = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="hours", db_index=False)
    quantity = models.CharField(_("項目"), max_length=80)
    at = models.DateTimeField(_("時"))
    low = models.FloatField(_("最小"))
    mean = models.FloatField(_("平均"))
    high = models.FloatField(_("最大"))
    count = models.PositiveIntegerField(_("件数"))

    class Meta:
        verbose_name = _("一時間の測定値")
        verbose_name_plural = _("一時間の測定値")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["check_of", "quantity", "at"], name="hour_sample_once")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.mean} {self.at:%Y-%m-%d %H}"


class CheckDay(models.Model):
    """How many answers of one day were good and bad: silence shows as a day without any."""

    check_of = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="days", db_index=False)
    on = models.DateField(_("日"))
    good = models.PositiveIntegerField(_("正常"), default=0, db_default=0)
    bad = models.PositiveIntegerField(_("異常"), default=0, db_default=0)

    class Meta:
        verbose_name = _("一日の結果")
        verbose_name_plural = _("一日の結果")
        ordering = ["on", "pk"]
        constraints = [models.UniqueConstraint(fields=["check_of", "on"], name="check_day_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.good}/{self.bad}"


class AllowedNetwork(models.Model):
    """Where checks may go: an address that no row lists is never connected to. Nothing is listed at first."""

    network = models.CharField(
        _("ネットワーク"), max_length=60, help_text=_("10.1.0.0/16 や 192.168.1.5/32 の形で入力します。")
    )
    ports = models.CharField(
        _("ポート"),
        max_length=200,
        blank=True,
        help_text=_("22,80,443,9100-9110 の形。ping だけを許すときは空欄にします。"),
    )
    allows_ping = models.BooleanField(_("pingを許す"), default=True)
    note = models.CharField(_("備考"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("監視してよいネットワーク")
        verbose_name_plural = _("監視してよいネットワーク")
        ordering = ["network", "pk"]

    def __str__(self) -> str:
        return f"{self.network} {self.ports}"

    def clean(self) -> None:
        errors: dict[str, str] = {}
        for name, read in (("network", params.read_network), ("ports", params.read_ports)):
            try:
                setattr(self, name, read(getattr(self, name)))
            except ValueError as error:
                errors[name] = str(error)
        if errors:
            raise ValidationError(errors)
