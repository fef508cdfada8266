"""Inquiry: what a case of the kind 問合せ is besides: how it came, who asked, when it was answered."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Organization
from tasks.models import Case

from .contact import Contact


class Channel(models.TextChoices):
    """手段. The labels are the choices of the sheet's No.54."""

    PHONE = "phone", _("電話")
    FAX = "fax", _("FAX")
    MAIL = "mail", _("メール")
    SCREEN = "screen", _("画面")


class InquiryQuerySet(models.QuerySet):
    def visible_to(self, user: Any, today: date):
        """Those whose case the person reads."""
        return self.filter(case__in=Case.objects.visible_to(user, today))

    def waiting(self):
        """Unanswered: its case is open and its answer is still to come."""
        return self.filter(is_waiting=True, case__state=Case.State.OPEN)


class Inquiry(models.Model):
    """Written with its case, whatever way that was raised; `tasks` never knows of it.

    `caller` is the name as it was typed; `is_first_answer`: 一次回答で完結, None until it is registered.
    `answered_at`: when 55 was closed, or the first answer given; `is_waiting` ends with that, or with 対象外.
    """

    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, related_name="inquiry", verbose_name=_("案件")
    )
    channel = models.CharField(_("手段"), max_length=10, choices=Channel.choices, default=Channel.SCREEN)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="inquiries",
        verbose_name=_("団体"),
    )
    contact = models.ForeignKey(
        Contact,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="inquiries",
        verbose_name=_("連絡先"),
    )
    caller = models.CharField(_("連絡者"), max_length=200, blank=True, default="")
    phone = models.CharField(_("電話番号"), max_length=40, blank=True, default="")
    received_at = models.DateTimeField(_("受付日時"))
    is_first_answer = models.BooleanField(_("一次回答で完結"), null=True, blank=True)
    is_waiting = models.BooleanField(_("未回答"), default=True)
    answered_at = models.DateTimeField(_("回答日時"), null=True, blank=True)
    category = models.CharField(_("区分"), max_length=20, blank=True, default="")
    original_number = models.CharField(_("原本番号"), max_length=40, blank=True, default="")
    faq = models.ForeignKey(
        "helpdesk.Faq",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answered",
        verbose_name=_("使ったFAQ"),
    )

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("問合せ")
        verbose_name_plural = _("問合せ")
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="inquiry_newest"),
            models.Index(fields=["organization", "-received_at"], name="inquiry_of_town"),
            models.Index(
                fields=["received_at", "channel", "category", "organization"], name="inquiry_figures"
            ),
            models.Index(fields=["received_at", "id"], condition=Q(is_waiting=True), name="inquiry_waiting"),
        ]

    def __str__(self) -> str:
        return str(self.case)
