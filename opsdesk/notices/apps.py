"""The notices app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "opsdesk.notices"
    label = "notices"
    verbose_name = _("通知")

    def ready(self) -> None:
        from opsdesk.audit import timeline

        from . import history

        timeline.register(history.SENTENCES)
