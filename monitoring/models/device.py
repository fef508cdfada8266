"""Device: what is watched, the names under which others speak of it, and when it is under maintenance."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from monitoring.reach import devices_of
from opsdesk.accounts.models import Organization


class DeviceQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def visible_to(self, user: Any, today: date):
        """The union's and of teams with a mark on a row of monitoring (57–60) all; a municipality with a mark
        its own and the shared ones. Without a mark none: by the sheet HW/NW保守 alone has one."""
        return self.filter(devices_of(user, today))


class Device(models.Model):
    """`organization` is whose it is; empty: shared (共通). `address` is a host name or an IP address."""

    class Kind(models.TextChoices):
        SERVER = "server", _("サーバ")
        NETWORK = "network", _("ネットワーク")
        STORAGE = "storage", _("ストレージ")
        PRINTER = "printer", _("プリンタ・後処理")
        FACILITY = "facility", _("電源・空調・設備")

    name = models.CharField(_("機器名"), max_length=100)
    kind = models.CharField(_("種類"), max_length=10, choices=Kind.choices, default=Kind.SERVER)
    address = models.CharField(_("アドレス"), max_length=255, blank=True)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("団体(空欄は共通)"),
    )
    place = models.CharField(_("設置場所"), max_length=100, blank=True)
    note = models.TextField(_("用途・備考"), blank=True)
    is_active = models.BooleanField(_("監視する"), default=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("機器")
        verbose_name_plural = _("機器")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="device_name_once",
                violation_error_message=_("同じ名前の機器がすでにあります。"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class DeviceName(models.Model):
    """A host name, or a label's value, under which events name a device; stored in lower case."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(
        _("ホスト名・ラベルの値"),
        max_length=255,
        unique=True,
        error_messages={"unique": _("この名前はほかの機器にあります。")},
    )

    class Meta:
        verbose_name = _("機器の別名")
        verbose_name_plural = _("機器の別名")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = folded(self.name)


def folded(name: str) -> str:
    """As names are stored and looked up: without blanks around, in lower case, at most 255 characters."""
    return name.strip().lower()[:255]


def named(*names: str) -> Device | None:
    """The device that one of `names` names: its own name, its address or one of its other names."""
    wanted = [name for name in map(folded, names) if name]
    for name in dict.fromkeys([*wanted, *(n.rpartition(":")[0] for n in wanted if n.count(":") == 1)]):
        by_name = Q(names__name=name) | Q(name__iexact=name) | Q(address__iexact=name)
        found = Device.objects.filter(by_name).order_by("pk").first() if name else None
        if found is not None:
            return found
    return None


class MaintenanceWindow(models.Model):
    """保守時間: while it is on, what is wrong with its devices raises no alert.

    It comes once, on every nth business day of a month (by the device's organization's calendar), on a day
    of the month, or on a weekday; from `starts_at`, `minutes` long, past midnight too."""

    class Rule(models.TextChoices):
        ONCE = "once", _("一度だけ")
        BUSINESS_DAY = "business_day", _("毎月 第n開庁日")
        CLOSED_DAYS = "closed_days", _("閉庁日ごと")
        DAY = "day", _("毎月 n日")
        WEEKDAY = "weekday", _("毎週 n曜日(1=月 … 7=日)")

    name = models.CharField(_("名称"), max_length=100)
    devices = models.ManyToManyField(Device, related_name="windows", verbose_name=_("機器"))
    rule = models.CharField(_("繰り返し"), max_length=12, choices=Rule.choices, default=Rule.ONCE)
    on = models.DateField(_("日(一度だけ)"), null=True, blank=True)
    n = models.SmallIntegerField(
        _("n(月末からは負の数)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-31), MaxValueValidator(31)],
    )
    starts_at = models.TimeField(_("開始時刻"))
    minutes = models.PositiveIntegerField(
        _("長さ(分)"), validators=[MinValueValidator(1), MaxValueValidator(7 * 1440)]
    )
    is_active = models.BooleanField(_("有効"), default=True)

    class Meta:
        verbose_name = _("保守時間")
        verbose_name_plural = _("保守時間")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1), name="window_has_length"),
            models.CheckConstraint(
                condition=~Q(rule="once") | Q(on__isnull=False), name="window_once_has_day"
            ),
            models.CheckConstraint(
                condition=Q(rule__in=("once", "closed_days")) | Q(n__isnull=False), name="window_has_n"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """What the rule needs is there and can come."""
        errors = {}
        if self.rule == self.Rule.ONCE and self.on is None:
            errors["on"] = _("保守の日を入力してください。")
        if self.rule in (self.Rule.BUSINESS_DAY, self.Rule.DAY) and not self.n:
            errors["n"] = _("何日目かを数字で入力してください。")
        if self.rule == self.Rule.WEEKDAY and self.n not in range(1, 8):
            errors["n"] = _("曜日は 1(月)から 7(日)で入力してください。")
        if errors:
            raise ValidationError(errors)
