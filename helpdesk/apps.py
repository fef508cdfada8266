"""The app helpdesk."""

from django.apps import AppConfig
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
