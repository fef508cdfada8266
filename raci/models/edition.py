"""Edition: one version of the matrix, in force from a date until the next edition's."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.access import memberships_on
from opsdesk.accounts.models import Organization
from opsdesk.lib.refusal import Refusal


class EditionQuerySet(models.QuerySet):
    def drafts(self):
        return self.filter(state=Edition.State.DRAFT)

    def published(self):
        return self.filter(state=Edition.State.PUBLISHED)

    def visible_to(self, user: Any, today: date):
        """Published and withdrawn ones to everybody; drafts and discarded ones to those who may draft."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff or any(
            m.team.role.kind == Organization.Kind.UNION for m in memberships_on(user, today)
        ):
            return self.all()
        return self.filter(state__in=[Edition.State.PUBLISHED, Edition.State.WITHDRAWN])

    def to_come(self, today: date):
        """Published, not yet in force; the next one first."""
        return self.published().filter(in_force_on__gt=today).order_by("in_force_on")

    def in_force(self, today: date):
        """The edition in force on `today`, or None; as a queryset of at most one row."""
        return self.published().filter(in_force_on__lte=today).order_by("-in_force_on", "-pk")[:1]

    def shown_on(self, today: date):
        """The edition in force on `today`, or the first one to come while none is; None without any."""
        return self.in_force(today).first() or self.published().order_by("in_force_on").first()


class Edition(models.Model):
    """`version` rises with every saving of a draft; `last_key` is the highest key ever given in it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("改定案")
        PUBLISHED = "published", _("公開")
        WITHDRAWN = "withdrawn", _("取り下げ")
        DISCARDED = "discarded", _("破棄")

    #: Tasks may hang on these: what was done under one that was withdrawn keeps its marks.
    ISSUED = (State.PUBLISHED, State.WITHDRAWN)

    number = models.PositiveIntegerField(_("版"), unique=True)
    title = models.CharField(_("表題"), max_length=100, default="運用業務作業分担表")
    state = models.CharField(_("状態"), max_length=10, choices=State.choices, default=State.DRAFT)
    in_force_on = models.DateField(_("施行日"), null=True, blank=True)
    based_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("元の版")
    )
    created_at = models.DateTimeField(_("作成日時"))
    version = models.PositiveIntegerField(_("保存の回数"), default=0)
    last_key = models.PositiveIntegerField(_("最後の業務キー"), default=0)
    saved_at = models.DateTimeField(_("最終保存"), null=True, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("最後に保存した人"),
    )
    published_at = models.DateTimeField(_("公開日時"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("公開者"),
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("分担表の版")
        verbose_name_plural = _("分担表の版")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["in_force_on"],
                condition=Q(state="published"),
                name="edition_one_a_day",
                violation_error_message=_("この施行日の版がすでに公開されています。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | (Q(in_force_on__isnull=False) & Q(published_at__isnull=False)),
                name="edition_published_has_dates",
                violation_error_message=_("公開には施行日が必要です。"),
            ),
        ]

    def __str__(self) -> str:
        return _("第%(number)s版") % {"number": self.number}

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_unless_draft()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_unless_draft()
        return super().delete(*args, **kwargs)

    def _refuse_unless_draft(self) -> None:
        """Decided by the stored row: an edition is published by saving its draft, and by nothing else."""
        stored = type(self).objects.filter(pk=self.pk).values_list("state", flat=True).first()
        if stored not in (None, self.State.DRAFT):
            raise Refusal(
                _("%(edition)sは公開されているので変更できません。改定案を作って直してください。")
                % {"edition": self}
            )

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT
