"""IncomingMail: a mail as it came, and what became of it. SentMail: what we wrote about an inquiry."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.reception import receives
from opsdesk.accounts.models import Organization
from tasks.models import Case, Comment

from .inquiry import Inquiry


class IncomingMailQuerySet(models.QuerySet):
    def visible_to(self, user: Any, today: date):
        """Everything for who receives inquiries; nothing for anybody else: a mail is nobody's yet."""
        return self.all() if receives(user, today) else self.none()

    def held(self):
        """A person has to decide (保留)."""
        return self.filter(state=IncomingMail.State.QUARANTINED)

    def fresh(self):
        """Stored, and not taken in yet."""
        return self.filter(state=IncomingMail.State.NEW)


class IncomingMail(models.Model):
    """`raw` is what the mail server gave. `key` is the Message-ID, or a digest of the mail where it has
    none or where another mail has the same: one mail is one row, however often it is delivered.

    `gist` is a digest of what it says: the same mail by two ways differs only in its Received lines.
    `sender`, `subject` and `message_id` are as read, "" where the mail can't be read. `attempts`: how often
    it was begun to be taken in; a mail that kills the process is set aside the fourth time.
    """

    class State(models.TextChoices):
        NEW = "new", _("未処理")
        TAKEN = "taken", _("取り込み済み")
        QUARANTINED = "quarantined", _("保留")
        IGNORED = "ignored", _("対象外")

    key = models.CharField(max_length=300, unique=True)
    message_id = models.CharField(_("Message-ID"), max_length=250, blank=True, default="", db_index=True)
    sha256 = models.CharField(max_length=64)
    gist = models.CharField(max_length=64, blank=True, default="")
    raw = models.BinaryField()
    sender = models.CharField(_("差出人"), max_length=254, blank=True, default="")
    subject = models.CharField(_("件名"), max_length=300, blank=True, default="")
    fetched_at = models.DateTimeField(_("受信日時"))
    state = models.CharField(_("状態"), max_length=12, choices=State.choices, default=State.NEW)
    reason = models.TextField(_("理由"), blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("団体"),
    )
    inquiry = models.ForeignKey(
        Inquiry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mails",
        verbose_name=_("問合せ"),
    )
    comment = models.ForeignKey(
        Comment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("記録")
    )

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("受信メール")
        verbose_name_plural = _("受信メール")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["sender", "fetched_at"], name="mail_by_sender"),
            models.Index(fields=["id"], condition=Q(state="new"), name="mail_new"),
            models.Index(fields=["-id"], condition=Q(state="quarantined"), name="mail_quarantined"),
        ]

    def __str__(self) -> str:
        return self.subject or self.key


class SentMail(models.Model):
    """A letter of ours about an inquiry; `message_id` without its brackets."""

    message_id = models.CharField(max_length=250, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    is_automatic = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("送ったメール")
        verbose_name_plural = _("送ったメール")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.message_id
