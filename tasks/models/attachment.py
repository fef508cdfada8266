"""Attachment: evidence on a task or a case. Of a withdrawn one the content goes, a tombstone stays."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Organization, Team
from raci.access import Standing, standing_of
from raci.restricted import Restriction, restrictions

from .case import Case, Concern
from .comment import ONE_PLACE, Audience, AudienceQuerySet
from .task import Task


class AttachmentQuerySet(AudienceQuerySet):
    """The file of a field with `restricted_to` is read by these roles only (see tasks/restricted.py)."""

    def for_audience(self, user: Any, today: date):
        found, standing = super().for_audience(user, today), standing_of(user, today)
        for restriction in restrictions(standing.editions):
            if (seen := _seen(restriction, standing)) is not None:
                tasks = Task.objects.filter(pk=OuterRef("task"), duty__in=restriction.duties).exclude(seen)
                found = found.exclude(Q(field_key=restriction.key) & Q(Exists(tasks)))
        return found


def _seen(restriction: Restriction, standing: Standing) -> Q | None:
    """The tasks on which the person sees such a field; None: on all."""
    teams = [t for t in standing.teams if t.role.code in restriction.roles]
    if any(t.role.kind != Organization.Kind.MEMBER for t in teams):
        return None
    seen = Q(pk__in=[])
    for team in teams:
        concerned = Concern.objects.filter(case=OuterRef("case"), organization=team.organization_id)
        reads = Q(case=None) | Q(case__reporter=team.organization_id) | Q(Exists(concerned))
        common = Q(organization=standing.union_id) & reads
        seen |= Q(organization=team.organization_id) | common
    return seen


class Attachment(models.Model):
    task = models.ForeignKey(
        Task,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("作業"),
    )
    case = models.ForeignKey(
        Case,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("案件"),
    )
    field_key = models.CharField(_("記入項目"), max_length=40, blank=True)
    file = models.FileField(_("ファイル"), upload_to="evidence/%Y/%m/", blank=True)
    name = models.CharField(_("ファイル名"), max_length=200)
    content_type = models.CharField(_("種類"), max_length=100)
    size = models.PositiveBigIntegerField(_("大きさ"))
    sha256 = models.CharField(max_length=64)
    audience = models.CharField(_("公開範囲"), max_length=10, choices=Audience.choices, default=Audience.ALL)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", verbose_name=_("担当"))
    #: None: it came by mail.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("日時"))
    withdrawn_at = models.DateTimeField(_("取り消した日時"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.TextField(_("取り消しの理由"), blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("証跡")
        verbose_name_plural = _("証跡")
        ordering = ["task", "pk"]
        constraints = [models.CheckConstraint(condition=ONE_PLACE, name="attachment_in_one_place")]

    def __str__(self) -> str:
        return self.name
