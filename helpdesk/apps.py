"""The app helpdesk."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class HelpdeskConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "helpdesk"
    verbose_name = _("ヘルプデスク")

    def ready(self) -> None:
        from opsdesk.audit import timeline
        from opsdesk.notices import words
        from tasks import boardpanels

        from . import board, history, keeping

        timeline.register(history.SENTENCES)
        words.register(history.TELLINGS)
        keeping.register()
        boardpanels.register(boardpanels.MAIN, board.unanswered)
        post_migrate.connect(_catch_up, sender=self)


def _catch_up(sender: Any, using: str, **_of: Any) -> None:
    """Inquiries that were raised before this app was there."""
    from .keeping import catch_up

    catch_up(using)
