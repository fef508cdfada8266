"""IncidentReport: one version of the 障害報告書 of an incident. Versions are added, never changed."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Team
from raci.access import standing_of
from tasks.models import Publication, Task
from tasks.models.comment import ears_of


class IncidentReportQuerySet(models.QuerySet):
    def of(self, task: Task):
        """All versions, the newest first."""
        return self.filter(task=task).order_by("-number")

    def heard_by(self, own: tuple[int, ...] | None):
        """A draft is internal: municipalities (`own`: their ids) read only what was sent."""
        return self if own is None else self.filter(sent_at__isnull=False)

    def visible_to(self, user: Any, today: date):
        seen = self.filter(task__in=Task.objects.visible_to(user, today))
        return seen.heard_by(ears_of(standing_of(user, today)))


class IncidentReport(models.Model):
    """Hangs on the step that sends it; `content` is as incidents.reportcontent says.

    `publication` is what sending it published, if the step's result is acknowledged; one that was sent stays
    readable, also after a later one was."""

    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, related_name="incident_reports", verbose_name=_("作業")
    )
    number = models.PositiveIntegerField(_("版"))
    content = models.JSONField(_("内容"))
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", verbose_name=_("担当"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("保存した人")
    )
    at = models.DateTimeField(_("日時"))
    sent_at = models.DateTimeField(_("送った日時"), null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("送った人"),
    )
    publication = models.ForeignKey(
        Publication,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("公開した結果"),
    )

    objects = IncidentReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("障害報告書")
        verbose_name_plural = _("障害報告書")
        ordering = ["task", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "number"],
                name="incident_report_once",
                violation_error_message=_("この版の障害報告書はすでにあります。"),
            )
        ]

    def __str__(self) -> str:
        return str(_("障害報告書 第%(number)s版") % {"number": self.number})
