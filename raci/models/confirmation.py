"""Confirmation: somebody confirmed a setting of ours, or took that back. Rows are only ever added."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opsdesk.lib.refusal import Refusal


class Confirmation(models.Model):
    """By the duty's key (or the number of a reading), outside the edition.

    It holds for what was confirmed: `fingerprint` is that of the settings then, `content` the settings
    themselves (for a reading its text). The last row of a key and fingerprint counts.
    """

    class About(models.TextChoices):
        DUTY = "duty", _("業務の設定")
        READING = "reading", _("読み方")

    about = models.CharField(_("対象"), max_length=10, choices=About.choices)
    key = models.PositiveIntegerField(_("業務キー"))
    fingerprint = models.CharField(_("内容の指紋"), max_length=64)
    content = models.JSONField(_("内容"))
    is_withdrawal = models.BooleanField(_("未確認に戻した"), default=False)
    note = models.CharField(_("メモ"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("確認した人")
    )
    at = models.DateTimeField(_("日時"))

    class Meta:
        verbose_name = _("設定の確認")
        verbose_name_plural = _("設定の確認")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["about", "key"], name="confirmation_of")]

    def __str__(self) -> str:
        return f"{self.get_about_display()} {self.key}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise Refusal(gettext("確認の記録は書き換えられません。"))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Refusal(gettext("確認の記録は消せません。"))
