"""Canned: a sentence that answers often need (定型文)."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Canned(models.Model):
    """`key` is the one key that puts `text` into an answer, together with Alt."""

    name = models.CharField(_("名前"), max_length=60, unique=True)
    key = models.CharField(
        _("キー"),
        max_length=1,
        unique=True,
        validators=[RegexValidator(r"^[1-9]\Z", _("1〜9の半角数字を1文字入力してください。"))],
        help_text=_("回答の欄で Alt と一緒に押すと、本文が入ります（1〜9）。"),
    )
    text = models.TextField(_("本文"), max_length=2000)
    is_active = models.BooleanField(_("使う"), default=True)

    class Meta:
        verbose_name = _("定型文")
        verbose_name_plural = _("定型文")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name
