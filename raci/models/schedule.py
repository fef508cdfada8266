"""Schedule: the rule of a scheduled duty, as data. tasks/recurrence.py turns it into dates."""

from datetime import time

from django.db import models
from django.utils.translation import gettext_lazy as _

from .duty import Duty
from .guard import Guarded


class Anchor(models.TextChoices):
    """How a day is counted in a month."""

    BUSINESS_DAY = "bd", _("第n開庁日(負数は末から)")
    DAY = "day", _("n日")


class Move(models.TextChoices):
    """Where a due day goes that is no business day."""

    PREVIOUS = "previous", _("前の開庁日")
    NEXT = "next", _("次の開庁日")
    AS_IS = "as_is", _("そのまま")


class Schedule(Guarded):
    """Opens and due: an anchor in the month `*_month` months after the period's first month.

    For a month the offset counts from that month (-1: the month before); for a fiscal year from its April
    (-2: the February before). Daily duties use neither: every business day (or every day), same day.
    """

    class Days(models.TextChoices):
        BUSINESS = "business", _("開庁日")
        EVERY = "every", _("毎日")

    duty = models.OneToOneField(
        Duty, on_delete=models.PROTECT, related_name="schedule", verbose_name=_("業務")
    )
    days = models.CharField(_("対象日(日次)"), max_length=10, choices=Days.choices, default=Days.BUSINESS)
    opens_by = models.CharField(_("開始の数え方"), max_length=3, choices=Anchor.choices, blank=True)
    opens_n = models.SmallIntegerField(_("開始 n"), null=True, blank=True)
    opens_month = models.SmallIntegerField(_("開始 月のずれ"), default=0)
    due_by = models.CharField(_("期限の数え方"), max_length=3, choices=Anchor.choices, blank=True)
    due_n = models.SmallIntegerField(_("期限 n"), null=True, blank=True)
    due_month = models.SmallIntegerField(_("期限 月のずれ"), default=0)
    due_move = models.CharField(
        _("期限が閉庁日のとき"), max_length=10, choices=Move.choices, default=Move.PREVIOUS
    )
    due_time = models.TimeField(_("期限の時刻"), default=time(17, 15))

    class Meta:
        verbose_name = _("周期設定")
        verbose_name_plural = _("周期設定")

    def __str__(self) -> str:
        return str(self.duty)
