"""DutyField: what closing (or raising) a duty asks. Lines are a field with child fields, one per column."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Role

from .duty import Duty
from .guard import Guarded


class FieldKind(models.TextChoices):
    CHECK = "check", _("点検項目")
    NUMBER = "number", _("数値")
    TEXT = "text", _("文字")
    DATE = "date", _("日付")
    CHOICE = "choice", _("選択")
    FILE = "file", _("ファイル")
    LINES = "lines", _("明細")


class DutyField(Guarded):
    """One field. Answers are stored in `Task.answers` under `key`; of lines as a list of {column key: value}.

    `finding`: what answer is outside normal, one of {"in": [...]}, {"gt": 0}, {"ne": "<other field key>"},
    {"over_percent_of": "<field key>", "limit": "organization" | 5}; `<duty key>.<field key>` is the answer
    of that step of the same case.
    `required_if`: {"<field key>": [values]} makes the field required only then.
    `is_asked` asks when the duty is raised; it must be answered then if it is also `is_required`.
    `options`, by what they are about:
    - value: {"default": …}, {"carry_over": true} (from the task before), {"unit": "件"}, {"multiline": true},
      {"pattern": "month" | "private_use_or_ivs"}, {"organizations": "one" | "many"} (a choice among the
      municipalities, by code), {"is_shown": true} (shown, not filled in);
    - date: {"business_day": true}, {"not_before": "<key>"}, {"in_period": true} (inside the task's period),
      {"time": true} (with its time of day);
    - lines: {"instead_of": "<lines key>"} (on a check that replaces the lines: 今月は依頼なし),
      {"prefill": {"key": 29, "field": "lines", "columns": ["process", …], "settled_by": 30}} (they begin with
      these columns of the lines of the same period's tasks of that duty, once `settled_by` is closed; lines
      may be added and removed);
    - {"shows": <duty key>}: the answers of the same period to that duty stand beside the field;
    - {"wishes": {"key": 39, "field": "adjustment", "in": ["変更希望"], "text": "wish"}}: the tasks of that
      duty and the same period that answered so are listed, with that text, until a revision settles them;
    - who: {"filled_by": ["<role code>", …]} (these roles fill it in although they have no ◎),
      {"restricted_to": ["<role code>", …]} (who may see it), {"named_by": {"<value>": "<role code>"}} (who
      puts another value in its place);
    - {"shows_in_year": true}: what a task says there stands in the plans of its year and month;
    - {"skips": [values]}: closing with such an answer counts as 対象外.
    """

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="fields", verbose_name=_("業務"))
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="columns",
        verbose_name=_("明細"),
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
