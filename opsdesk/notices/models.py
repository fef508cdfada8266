"""Notice in the bell, Delivery of one by mail, what a person wants by mail, and how far was told."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Organization

PERSON = settings.AUTH_USER_MODEL


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user: Any, today: date):
        """A person's own, and nobody else's."""
        return self.filter(person=user)

    def unread(self):
        return self.filter(read_at=None)


class Notice(models.Model):
    """One person is told one thing. `code` and `data` become a sentence when shown (opsdesk.notices.words).

    `key` says what is told: the same thing told twice is one notice. `object_type` and `object_id` are what
    it is about, as in an Event; `organization` is whose matter it is."""

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="notices", db_index=False)
    key = models.CharField(max_length=160)
    code = models.CharField(_("種別"), max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("団体"),
    )
    data = models.JSONField(_("内容"), default=dict)
    is_urgent = models.BooleanField(_("至急"), default=False)
    created_at = models.DateTimeField(_("日時"))
    read_at = models.DateTimeField(_("読んだ日時"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_by_person"),
            models.Index(fields=["person", "-id"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.object_type} {self.object_id}"


class DeliveryQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=Delivery.State.WAITING)

    def dead(self):
        return self.filter(state=Delivery.State.DEAD)

    def due(self, now: datetime):
        """To be sent now, by nobody yet: the lease of a relay that died has run out."""
        return self.waiting().filter(next_at__lte=now).filter(Q(leased_until=None) | Q(leased_until__lt=now))


class Delivery(models.Model):
    """A notice on its way through a channel: a row of the outbox, written with what it tells of.

    `key` is the notice's and the person's; a letter carries it, so that the same one sent twice is known.
    A letter to somebody without an account has no `person`; `headers` are lines of its own."""

    class State(models.TextChoices):
        WAITING = "waiting", _("送信待ち")
        SENT = "sent", _("送信済み")
        DEAD = "dead", _("送れませんでした")

    class Channel(models.TextChoices):
        MAIL = "mail", _("メール")

    key = models.CharField(max_length=200, unique=True)
    person = models.ForeignKey(
        PERSON,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("宛先"),
    )
    headers = models.JSONField(default=dict, blank=True)
    channel = models.CharField(_("手段"), max_length=10, choices=Channel.choices, default=Channel.MAIL)
    code = models.CharField(_("種別"), max_length=60)
    address = models.EmailField(_("メールアドレス"))
    subject = models.CharField(_("件名"), max_length=200)
    body = models.TextField(_("本文"))
    is_urgent = models.BooleanField(_("至急"), default=False)
    state = models.CharField(_("状態"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("送信回数"), default=0)
    created_at = models.DateTimeField(_("作成日時"))
    next_at = models.DateTimeField(_("次の送信"))
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("送信日時"), null=True, blank=True)
    last_error = models.TextField(_("最後の誤り"), blank=True, default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("送信")
        verbose_name_plural = _("送信")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["-id"], condition=Q(state="dead"), name="delivery_dead"),
        ]

    def __str__(self) -> str:
        return self.key


class Setting(models.Model):
    """What a person wants by mail; without a row everything."""

    class Mail(models.TextChoices):
        ALL = "all", _("すべて")
        DIGEST = "digest", _("朝のまとめと至急だけ")
        NONE = "none", _("受け取らない")

    person = models.OneToOneField(PERSON, on_delete=models.CASCADE, related_name="notice_setting")
    mail = models.CharField(_("メール"), max_length=10, choices=Mail.choices, default=Mail.ALL)

    class Meta:
        verbose_name = _("通知の設定")
        verbose_name_plural = _("通知の設定")

    def __str__(self) -> str:
        return f"{self.person_id} {self.mail}"


class Watermark(models.Model):
    """How far something periodic has been told: everything up to `through`, nothing after it."""

    name = models.CharField(primary_key=True, max_length=40)
    through = models.DateTimeField()

    class Meta:
        verbose_name = _("通知の進み")
        verbose_name_plural = _("通知の進み")

    def __str__(self) -> str:
        return f"{self.name} {self.through:%Y-%m-%d %H:%M}"
