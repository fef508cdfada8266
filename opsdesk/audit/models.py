"""Event and the head of each stream's chain."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stream(models.Model):
    """Head of one chain of events: of a municipality, the union or a vendor; `name` is its code."""

    name = models.CharField(_("系列"), primary_key=True, max_length=40)
    last = models.BigIntegerField(_("最後の履歴"), default=0)
    hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("監査記録の系列")
        verbose_name_plural = _("監査記録の系列")

    def __str__(self) -> str:
        return self.name


class EventQuerySet(models.QuerySet):
    def about(self, obj):
        """Events of one object, newest first."""
        return self.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)).order_by("-pk")


class Event(models.Model):
    """One thing that happened: who, when, what. Append-only, by trigger on both databases."""

    stream = models.CharField(_("系列"), max_length=40)
    code = models.CharField(_("種別"), max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    at = models.DateTimeField(_("日時"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("行った人"), max_length=100, blank=True)
    team_name = models.CharField(_("担当"), max_length=100, blank=True)
    data = models.JSONField(_("内容"), default=dict)
    hash = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("履歴")
        verbose_name_plural = _("履歴")
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="event_object"),
            models.Index(fields=["stream", "id"], name="event_stream"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.object_type} {self.object_id}"
