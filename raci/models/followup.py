"""FollowUp: an edge from one duty to the key of another."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .duty import Duty
from .guard import Guarded


class FollowUp(Guarded):
    """`kind`: auto opens by itself, chosen is picked by the closer, linked opens another case, confirming
    checks the target.

    `condition`: {"<field key>": [values]} offers or opens the edge only for these answers; empty: always.
    Of a confirming edge these answers ask for another round. {"received": {"lt": "41.quantity"}}: while it
    is less than that answer of the case.
    """

    class Kind(models.TextChoices):
        AUTO = "auto", _("自動")
        CHOSEN = "chosen", _("選択")
        LINKED = "linked", _("別の案件")
        CONFIRMING = "confirming", _("確認")

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="followups", verbose_name=_("業務"))
    target_key = models.PositiveIntegerField(_("後続の業務キー"))
    kind = models.CharField(_("種類"), max_length=10, choices=Kind.choices)
    condition = models.JSONField(_("条件"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)

    class Meta:
        verbose_name = _("後続作業")
        verbose_name_plural = _("後続作業")
        ordering = ["duty", "position"]
        constraints = [models.UniqueConstraint(fields=["duty", "target_key", "kind"], name="followup_once")]

    def __str__(self) -> str:
        return f"{self.duty} → {self.target_key}"
