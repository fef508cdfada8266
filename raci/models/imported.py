"""Import: what was read from an uploaded workbook, kept for a day between its preview and the draft."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .edition import Edition

#: How long a preview may be looked at.
LIFE = timedelta(days=1)


class ImportQuerySet(models.QuerySet):
    def fresh(self, at: datetime):
        return self.filter(uploaded_at__gt=at - LIFE)

    def visible_to(self, user, at: datetime):
        """An upload is its uploader's alone."""
        return self.fresh(at).filter(uploaded_by=user)


class Import(models.Model):
    """`sheet` is a raci.workbook.sheet.Sheet as JSON; of the file itself only name and digest stay."""

    name = models.CharField(_("ファイル名"), max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    sheet = models.JSONField(_("読み取った内容"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("取り込んだ人")
    )
    uploaded_at = models.DateTimeField(_("読み込み日時"))
    draft = models.ForeignKey(
        Edition, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("改定案")
    )

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("分担表の取込")
        verbose_name_plural = _("分担表の取込")
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.name
