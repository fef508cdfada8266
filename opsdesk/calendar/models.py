"""Eras, holidays, and the days that a union or a municipality closes or opens by itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Organization


class Era(models.Model):
    """An era (元号) and the day it began."""

    name = models.CharField(_("元号"), max_length=4, unique=True)
    letter = models.CharField(_("略号"), max_length=1, unique=True)
    starts_on = models.DateField(_("開始日"), unique=True)

    class Meta:
        verbose_name = _("元号")
        verbose_name_plural = _("元号")
        ordering = ["starts_on"]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A national holiday, substitute and citizens' ones included; from the `holidays` library, editable."""

    on = models.DateField(_("日付"), unique=True)
    name = models.CharField(_("名称"), max_length=60)

    class Meta:
        verbose_name = _("祝日")
        verbose_name_plural = _("祝日")
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


class AddedDay(models.Model):
    """Shared shape of ClosedDay and OpenDay; an empty organization means everybody."""

    on = models.DateField(_("日付"))
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("団体(空欄は全団体)")
    )
    name = models.CharField(_("名称・理由"), max_length=100)

    class Meta:
        abstract = True
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


class ClosedDay(AddedDay):
    """休庁日: a day closed for all or for one organization."""

    class Meta(AddedDay.Meta):
        verbose_name = _("休庁日")
        verbose_name_plural = _("休庁日")
        constraints = [
            models.UniqueConstraint(
                fields=["on", "organization"],
                name="closed_day_once",
                violation_error_message=_("この日はすでに休庁日です。"),
            ),
            models.UniqueConstraint(
                fields=["on"],
                condition=models.Q(organization=None),
                name="closed_day_once_for_all",
                violation_error_message=_("この日はすでに休庁日です。"),
            ),
        ]


class OpenDay(AddedDay):
    """臨時開庁日: wins over every reason to be closed."""

    class Meta(AddedDay.Meta):
        verbose_name = _("臨時開庁日")
        verbose_name_plural = _("臨時開庁日")
        constraints = [
            models.UniqueConstraint(
                fields=["on", "organization"],
                name="open_day_once",
                violation_error_message=_("この日はすでに臨時開庁日です。"),
            ),
            models.UniqueConstraint(
                fields=["on"],
                condition=models.Q(organization=None),
                name="open_day_once_for_all",
                violation_error_message=_("この日はすでに臨時開庁日です。"),
            ),
        ]
