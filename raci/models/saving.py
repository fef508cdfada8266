"""Saving: the rows of a draft as one saving left them, so that the next one can be undone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .edition import Edition


class Saving(models.Model):
    """`number` is the draft's version after it; `rows` in the form of raci.content."""

    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, related_name="savings", verbose_name=_("版")
    )
    number = models.PositiveIntegerField(_("保存"))
    rows = models.JSONField(_("行"))
    saved_at = models.DateTimeField(_("保存日時"))
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("保存者"),
    )

    class Meta:
        verbose_name = _("改定案の保存")
        verbose_name_plural = _("改定案の保存")
        ordering = ["edition", "-number"]
        constraints = [models.UniqueConstraint(fields=["edition", "number"], name="saving_once")]

    def __str__(self) -> str:
        return f"{self.edition} {self.number}"
