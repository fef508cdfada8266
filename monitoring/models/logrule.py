"""LogRule: which lines of a log are an alert, and after how many of them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from monitoring import patterns

from .device import Device
from .entry import Entry
from .watch import State


class LogRule(models.Model):
    """A line hits that has the words (or the RE2 pattern), of a program, at a level at least that bad.

    `count` hits of one device within `minutes` are an alert; while it is open hits only count up, and after
    `quiet` minutes without one it ends. Without a device the rule is for all of them."""

    class Level(models.IntegerChoices):
        CRITICAL = 2, _("重大")
        ERROR = 3, _("エラー以上")
        WARNING = 4, _("警告以上")
        ANY = 7, _("すべて")

    name = models.CharField(
        _("名称"),
        max_length=100,
        unique=True,
        error_messages={"unique": _("同じ名称のルールがすでにあります。")},
    )
    device = models.ForeignKey(
        Device,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=_("機器(空欄はすべて)"),
    )
    program = models.CharField(_("プログラム(空欄はすべて)"), max_length=100, blank=True, default="")
    level = models.PositiveSmallIntegerField(_("重大度"), choices=Level.choices, default=Level.ERROR)
    text = models.CharField(_("含む文字"), max_length=patterns.LIMIT, blank=True, default="")
    is_pattern = models.BooleanField(_("正規表現(RE2)として読む"), default=False)
    count = models.PositiveSmallIntegerField(
        _("回数"), default=1, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    minutes = models.PositiveSmallIntegerField(
        _("数える時間(分)"), default=10, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    quiet = models.PositiveSmallIntegerField(
        _("静かになったとみなす時間(分)"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
    )
    state = models.CharField(
        _("警報の状態"),
        max_length=8,
        choices=[(State.DOWN.value, State.DOWN.label), (State.WARNING.value, State.WARNING.label)],
        default=State.WARNING,
    )
    is_active = models.BooleanField(_("有効"), default=True)

    class Meta:
        verbose_name = _("ログのルール")
        verbose_name_plural = _("ログのルール")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The pattern is one that RE2 reads; a rule that every line hits is none."""
        if self.is_pattern:
            try:
                patterns.compiled(self.text)
            except ValueError as error:
                raise ValidationError({"text": str(error)}) from error
        if not self.text.strip() and not self.program.strip() and self.level == self.Level.ANY:
            raise ValidationError({"text": _("含む文字、プログラム、重大度のどれかで、行を絞ってください。")})

    def hits(self, entry: Entry) -> bool:
        """Whether the line is one of the rule's."""
        if entry.level > self.level or self.device_id not in (None, entry.device_id):
            return False
        if self.program and self.program.lower() not in entry.program.lower():
            return False
        return patterns.found(self.text, entry.said or entry.title, is_pattern=self.is_pattern)


class LogHit(models.Model):
    """A line that hit a rule; of a line that came twice there is one."""

    rule = models.ForeignKey(LogRule, on_delete=models.CASCADE, related_name="hits_of", db_index=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="hits")
    place = models.CharField(max_length=64)  # the fingerprint of the rule and the device
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("ルールに当たった行")
        verbose_name_plural = _("ルールに当たった行")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["rule", "entry"], name="log_hit_once")]
        indexes = [models.Index(fields=["place", "at"], name="log_hit_by_place")]

    def __str__(self) -> str:
        return f"{self.rule} {self.entry}"
