"""The calendar app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "opsdesk.calendar"
    label = "calendar"
    verbose_name = _("開庁日")

    def ready(self) -> None:
        from opsdesk.audit import timeline
        from opsdesk.lib import era

        from . import eras, history

        era.provide(eras.rows)
        timeline.register(history.SENTENCES)
