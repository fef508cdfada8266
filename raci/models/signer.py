"""Signer: whose signature a duty asks, in order; the last one closes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Role

from .duty import Duty
from .guard import Guarded


class Signer(Guarded):
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="signers", verbose_name=_("業務"))
    position = models.PositiveSmallIntegerField(_("順"))
    role = models.ForeignKey(Role, on_delete=models.PROTECT, verbose_name=_("役割"))
    is_approver = models.BooleanField(_("承認者(課長)"), default=False)
    label = models.CharField(_("署名の名前"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("署名者")
        verbose_name_plural = _("署名者")
        ordering = ["duty", "position"]
        constraints = [models.UniqueConstraint(fields=["duty", "position"], name="signer_position_once")]

    def __str__(self) -> str:
        return f"{self.position} {self.role}"
