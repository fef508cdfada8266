"""Watch: which of the four kinds of monitoring, and with it the row of the matrix, something belongs to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Watch(models.TextChoices):
    """`key` is that of the duty whose task an alert opens: rows 57 to 60 of the sheet."""

    LOG = "log", _("ログ")
    LIVENESS = "liveness", _("死活")
    PERFORMANCE = "performance", _("性能")
    HARDWARE = "hardware", _("ハード")

    @property
    def key(self) -> int:
        return KEYS[self]


KEYS = {Watch.LOG: 57, Watch.LIVENESS: 58, Watch.PERFORMANCE: 59, Watch.HARDWARE: 60}


class State(models.TextChoices):
    """How a check or a device stands, and of what kind an alert is; the order is from bad to good."""

    DOWN = "down", _("異常")
    LATE = "late", _("応答なし")
    WARNING = "warning", _("注意")
    UNKNOWN = "unknown", _("未取得")
    UP = "up", _("正常")


#: The worst first.
RANK = {State.DOWN: 0, State.LATE: 1, State.WARNING: 2, State.UNKNOWN: 3, State.UP: 4}
