"""Duty: one row of one edition. Assignment: a role's mark on it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Role

from .edition import Edition
from .guard import Guarded


class Cycle(models.TextChoices):
    DAILY = "daily", _("日次")
    MONTHLY = "monthly", _("月次")
    YEARLY = "yearly", _("年次")
    ON_DEMAND = "on_demand", _("随時")
    AS_NEEDED = "as_needed", _("適宜")


class Scope(models.TextChoices):
    COMMON = "common", _("共通")
    EACH = "each", _("構成団体ごと")


class Sharing(models.TextChoices):
    """How several ◎ share one task."""

    ONE = "one", _("主担当は一つ")
    ANY = "any", _("いずれかの主担当")
    SIGNERS = "signers", _("順に署名")


class CaseKind(models.TextChoices):
    """What a case raised at the duty is, and how its number begins."""

    REQUEST = "request", _("依頼")
    CHANGE = "change", _("変更")
    INQUIRY = "inquiry", _("問合せ")
    INCIDENT = "incident", _("障害")

    @property
    def prefix(self) -> str:
        return {"request": "REQ", "change": "CHG", "inquiry": "INQ", "incident": "INC"}[self.value]


class CommentAudience(models.TextChoices):
    """Who reads a comment of the vendors and the union unless they say otherwise; without one, everybody."""

    INTERNAL = "internal", _("内部")


class Mark(models.TextChoices):
    MAIN = "main", _("主担当")
    SUPPORT = "support", _("支援担当")
    RELATED = "related", _("関連担当")

    @property
    def glyph(self) -> str:
        return {"main": "◎", "support": "○", "related": "△"}[self.value]


class Duty(Guarded):
    """One row of the sheet.

    `key` stays the same through all editions and is never reused; `number` is what people read. Text cells
    are verbatim from the source; blank category/section means "as above".
    `standard_due` of an on-demand duty, one or several of {"business_days": 3}, {"before": "<date field>"}
    (the business day before it, `business_days` only if it is empty), {"at_least_business_days": 5},
    {"on": "<date field>"}, {"at_once": true}, {"same_day": true}, {"after": <duty key>},
    {"by_level": {"1": {"hours": 1}, …}, "level": "<field>"}, {"may_skip_level": "4"};
    `<duty key>.<field key>` is a field of that step of the same case.
    """

    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, related_name="duties", verbose_name=_("版")
    )
    key = models.PositiveIntegerField(_("業務キー"))
    number = models.PositiveIntegerField(_("No."))
    position = models.PositiveIntegerField(_("並び順"))
    category = models.CharField(_("大項目"), max_length=100, blank=True)
    section = models.CharField(_("中項目"), max_length=100, blank=True)
    work = models.CharField(_("作業内容"), max_length=200)
    note = models.CharField(_("備考"), max_length=200, blank=True)
    cycle = models.CharField(_("周期"), max_length=10, choices=Cycle.choices, blank=True)
    is_heading = models.BooleanField(_("見出し"), default=False)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("見出し行"),
    )
    scope = models.CharField(_("範囲"), max_length=10, choices=Scope.choices, default=Scope.COMMON)
    sharing = models.CharField(
        _("主担当の分け方"), max_length=10, choices=Sharing.choices, default=Sharing.ONE
    )
    is_entry = models.BooleanField(_("起票できる"), default=False)
    case_kind = models.CharField(
        _("案件の種類"), max_length=10, choices=CaseKind.choices, default=CaseKind.REQUEST
    )
    is_acknowledged = models.BooleanField(_("確認を求める"), default=False)
    needs_choice = models.BooleanField(_("後続の選択が必要"), default=False)
    standard_due = models.JSONField(_("標準の期限"), default=dict, blank=True)
    register = models.CharField(_("台帳"), max_length=20, blank=True)
    comment_audience = models.CharField(
        _("コメントの公開範囲"), max_length=10, blank=True, choices=CommentAudience.choices
    )

    class Meta:
        verbose_name = _("業務")
        verbose_name_plural = _("業務")
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "key"], name="duty_key_once"),
            models.UniqueConstraint(fields=["edition", "number"], name="duty_number_once"),
        ]

    def __str__(self) -> str:
        return f"No.{self.number} {self.work}"

    def editions(self) -> models.QuerySet[Edition]:
        stored = type(self)._default_manager.filter(pk=self.pk).values_list("edition_id", flat=True)
        return Edition.objects.filter(pk__in=[self.edition_id, *stored])


class Assignment(Guarded):
    """The mark of one role on one duty."""

    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("業務")
    )
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("役割")
    )
    mark = models.CharField(_("担当区分"), max_length=10, choices=Mark.choices)

    class Meta:
        verbose_name = _("担当区分")
        verbose_name_plural = _("担当区分")
        ordering = ["duty", "role__position"]
        constraints = [models.UniqueConstraint(fields=["duty", "role"], name="assignment_once")]

    def __str__(self) -> str:
        return f"{self.role} {Mark(self.mark).glyph}"
