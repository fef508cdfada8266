"""DutyField: what closing (or raising) a duty asks. Lines are a field with child fields, one per column."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Role

from .duty import Duty


class FieldKind(models.TextChoices):
    CHECK = "check", _("点検項目")
    NUMBER = "number", _("数値")
    TEXT = "text", _("文字")
    DATE = "date", _("日付")
    CHOICE = "choice", _("選択")
    FILE = "file", _("ファイル")
    LINES = "lines", _("明細")


class DutyField(models.Model):
    """One field. Answers are stored in `Task.answers` under `key`; of lines as a list of {column key: value}.

    `finding`: what answer is outside normal, one of {"in": [...]}, {"gt": 0}, {"ne": "<other field key>"},
    {"over_percent_of": "<field key>", "limit": "organization" | 5}.
    `required_if`: {"<field key>": [values]} makes the field required only then.
    `options`: {"carry_over": true}, {"business_day": true}, {"not_before": "<key>"}, {"default": …},
    {"instead_of": "<lines key>"} (a check that replaces the lines: 今月は依頼なし), {"multiline": true}, {"unit": "件"}.
    """

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="fields", verbose_name=_("業務"))
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="columns", verbose_name=_("明細")
    )
    key = models.SlugField(_("項目キー"), max_length=40)
    position = models.PositiveSmallIntegerField(_("並び順"))
    label = models.CharField(_("項目名"), max_length=100)
    hint = models.CharField(_("説明"), max_length=200, blank=True)
    kind = models.CharField(_("種類"), max_length=10, choices=FieldKind.choices)
    choices = models.JSONField(_("選択肢"), default=list, blank=True)
    is_required = models.BooleanField(_("完了に必要"), default=False)
    is_asked = models.BooleanField(_("起票時に聞く"), default=False)
    required_if = models.JSONField(_("必要になる条件"), default=dict, blank=True)
    finding = models.JSONField(_("所見の条件"), default=dict, blank=True)
    options = models.JSONField(_("設定"), default=dict, blank=True)
    signer_role = models.ForeignKey(
        Role, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("記入する署名者")
    )

    class Meta:
        verbose_name = _("記入項目")
        verbose_name_plural = _("記入項目")
        ordering = ["duty", "position"]
        constraints = [models.UniqueConstraint(fields=["duty", "parent", "key"], name="field_key_once")]

    def __str__(self) -> str:
        return self.label
