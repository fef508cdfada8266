"""GenerationRun: one run of generation, so that people see when it was and what it did."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GenerationRun(models.Model):
    """A run that made something, was refused or failed; an idle one only moves `finished_at` of the last.

    Tasks carry `started_at` of the run that made them as `created_at`. `fingerprint` stands for all that
    decides which tasks there are: with the same one, everything that opens up to `through_on` has been made.
    """

    started_at = models.DateTimeField(_("開始"))
    finished_at = models.DateTimeField(_("終了"), null=True, blank=True)
    through_on = models.DateField(_("対象日"))
    created = models.PositiveIntegerField(_("作成"), default=0)
    caught_up = models.PositiveIntegerField(_("うち遡及"), default=0)
    refused = models.PositiveIntegerField(_("上限を超えた件数"), default=0)
    error = models.TextField(_("誤り"), blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("作成の記録")
        verbose_name_plural = _("作成の記録")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["-finished_at"], name="run_finished")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.created}"
