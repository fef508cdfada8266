"""Comment on a task, with its audience."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Organization, Team
from raci.access import Standing, standing_of

from .case import Case
from .task import Task


class Audience(models.TextChoices):
    ALL = "all", _("全員")
    MEMBER = "member", _("団体限り")
    INTERNAL = "internal", _("内部")


def ears_of(standing: Standing) -> tuple[int, ...] | None:
    """The municipalities whose 団体限り the person reads; None: vendors and the union read all."""
    if any(t.role.kind != Organization.Kind.MEMBER for t in standing.teams):
        return None
    return tuple(sorted({t.organization_id for t in standing.teams}))


class AudienceQuerySet(models.QuerySet):
    """Rows that carry an audience: comments and attachments."""

    def for_audience(self, user: Any, today: date):
        """What `user` may read of a visible task: municipalities only 全員 and their own 団体限り."""
        return self.heard_by(ears_of(standing_of(user, today)))

    def heard_by(self, own: tuple[int, ...] | None):
        """What people of the organizations `own` may read; None: those who read everything."""
        if own is None:
            return self.all()
        return self.filter(Q(audience=Audience.ALL) | Q(audience=Audience.MEMBER, organization_id__in=own))

    def visible_to(self, user: Any, today: date):
        """Rows on tasks and cases that `user` sees, for whose audience the user counts."""
        seen = Q(task__in=Task.objects.visible_to(user, today))
        return self.for_audience(user, today).filter(seen | Q(case__in=Case.objects.visible_to(user, today)))


class CommentKind(models.TextChoices):
    """What an entry in the timeline of a case is."""

    PROGRESS = "progress", _("経過")
    JUDGEMENT = "judgement", _("判断")
    CONTACT = "contact", _("連絡")
    RECOVERY = "recovery", _("復旧")
    REQUEST = "request", _("依頼")
    ANSWER = "answer", _("回答")


#: On a task, or on a case as a whole.
ONE_PLACE = Q(task=None, case__isnull=False) | Q(task__isnull=False, case=None)


class Comment(models.Model):
    """Read by everybody who sees its task or case (全員), by `organization`, vendors and union (団体限り),
    or by vendors and union (内部)."""

    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, null=True, blank=True, related_name="comments", verbose_name=_("作業")
    )
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="comments", verbose_name=_("案件")
    )
    kind = models.CharField(
        _("種別"), max_length=10, choices=CommentKind.choices, default=CommentKind.PROGRESS
    )
    text = models.TextField(_("コメント"))
    audience = models.CharField(_("公開範囲"), max_length=10, choices=Audience.choices, default=Audience.ALL)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", verbose_name=_("担当"))
    #: None: it came by mail, written by somebody without an account.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("日時"))
    #: 訂正: the comment that this one puts right; it stays as it was written.
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("訂正するコメント"),
    )

    objects = AudienceQuerySet.as_manager()

    class Meta:
        verbose_name = _("コメント")
        verbose_name_plural = _("コメント")
        ordering = ["task", "-pk"]
        constraints = [models.CheckConstraint(condition=ONE_PLACE, name="comment_in_one_place")]

    def __str__(self) -> str:
        return self.text[:40]
