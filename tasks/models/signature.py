"""Signature: one given by one signer; a void one stays in the history."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Team

from .task import Task


class Signature(models.Model):
    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, related_name="signatures", verbose_name=_("作業")
    )
    position = models.PositiveSmallIntegerField(_("順"))
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", verbose_name=_("担当"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("署名した人")
    )
    at = models.DateTimeField(_("日時"))
    is_proxy = models.BooleanField(_("代行"), default=False)
    void_at = models.DateTimeField(_("無効になった日時"), null=True, blank=True)
    void_reason = models.TextField(_("無効の理由"), blank=True)

    class Meta:
        verbose_name = _("署名")
        verbose_name_plural = _("署名")
        ordering = ["task", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "position"], condition=Q(void_at=None), name="signature_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.team} {self.by}"
