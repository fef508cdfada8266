"""Pause: the clock of an incident stood still, for somebody else was waited for."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Team

from .incident import Incident


class Pause(models.Model):
    """From `since` to `until`, which is when it is to go on by itself, or when somebody let it go on."""

    incident = models.ForeignKey(
        Incident, on_delete=models.CASCADE, related_name="pauses", verbose_name=_("障害")
    )
    since = models.DateTimeField(_("停止"))
    until = models.DateTimeField(_("再開"))
    reason = models.TextField(_("理由"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("停止した人")
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", verbose_name=_("担当"))

    class Meta:
        verbose_name = _("先方待ち")
        verbose_name_plural = _("先方待ち")
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="pause_ends_after_it_begins",
                violation_error_message=_("再開は停止より後にしてください。"),
            )
        ]

    def __str__(self) -> str:
        return str(_("先方待ち %(reason)s") % {"reason": self.reason[:40]})

    def is_running(self, now: datetime) -> bool:
        return self.since <= now < self.until
