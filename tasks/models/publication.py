"""Publication: a version of a closed task's result; Acknowledgement: what it asks of one municipality."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Organization, Team
from raci.models import Duty

from .comment import Comment
from .task import Task


class Publication(models.Model):
    """One version (版) of what a task published: `answers` and `files` (ids of attachments) as they were.

    Version 1 is its closing, the later ones are revisions with a `reason`; `settles` are the ids of the tasks
    whose wishes a revision answers. The current one is acknowledged. Reopening the task withdraws it; then
    there is none, and closing again publishes the next version.
    """

    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, related_name="publications", verbose_name=_("作業")
    )
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="+", verbose_name=_("業務"))
    version = models.PositiveSmallIntegerField(_("版"))
    is_current = models.BooleanField(_("現在の版"), default=True)
    answers = models.JSONField(_("記入"), default=dict, blank=True)
    files = models.JSONField(_("ファイル"), default=list, blank=True)
    settles = models.JSONField(_("対応した希望"), default=list, blank=True)
    reason = models.TextField(_("改訂の理由"), blank=True)
    published_at = models.DateTimeField(_("公開日時"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("公開した人")
    )
    published_for = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="+", verbose_name=_("公開した担当")
    )
    is_proxy = models.BooleanField(_("代行"), default=False)
    withdrawn_at = models.DateTimeField(_("取り下げた日時"), null=True, blank=True)
    withdrawn_reason = models.TextField(_("取り下げの理由"), blank=True)

    class Meta:
        verbose_name = _("公開した結果")
        verbose_name_plural = _("公開した結果")
        ordering = ["task", "version"]
        constraints = [
            models.UniqueConstraint(fields=["task", "version"], name="publication_version_once"),
            models.UniqueConstraint(
                fields=["task"], condition=Q(is_current=True), name="publication_one_current"
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(withdrawn_at=None), name="publication_withdrawn_is_past"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} v{self.version}"


class AcknowledgementQuerySet(models.QuerySet):
    """Rows of publications, whatever their version, unless said."""

    def current(self):
        return self.filter(publication__is_current=True)

    def counted(self, today: date):
        """Those given, and those that can still be: a municipality that left owes nothing."""
        left = Q(organization__left_on__isnull=False, organization__left_on__lt=today)
        return self.exclude(left & Q(acknowledged_at=None))

    def missing(self, today: date):
        """Asked for by a current publication and not given."""
        return self.current().counted(today).filter(acknowledged_at=None)


class Acknowledgement(models.Model):
    """What a publication asks of one municipality, made with it; filled in when the municipality answers.

    A `question` waits until there is a `reply`; both are comments on the task. It may be acknowledged anyway.
    """

    publication = models.ForeignKey(
        Publication,
        on_delete=models.PROTECT,
        related_name="acknowledgements",
        db_index=False,
        verbose_name=_("公開した結果"),
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("団体")
    )
    acknowledged_at = models.DateTimeField(_("確認日時"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("確認した人"),
    )
    acknowledged_for = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    question = models.ForeignKey(
        Comment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reply = models.ForeignKey(
        Comment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects: Any = AcknowledgementQuerySet.as_manager()

    class Meta:
        verbose_name = _("確認")
        verbose_name_plural = _("確認")
        ordering = ["publication", "organization__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "organization"], name="acknowledgement_once"),
            models.CheckConstraint(
                condition=Q(reply=None) | Q(question__isnull=False), name="acknowledgement_reply_to_question"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization"], condition=Q(acknowledged_at=None), name="acknowledgement_missing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication_id} {self.organization}"
