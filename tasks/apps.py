"""The tasks app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "tasks"
    label = "tasks"
    verbose_name = _("作業")

    def ready(self) -> None:
        from opsdesk.accounts.people import before_leaving
        from opsdesk.audit import timeline
        from opsdesk.notices import words

        from . import handover, history, tellings

        timeline.register(history.SENTENCES)
        words.register(tellings.TELLINGS)
        before_leaving.append(handover.before_leaving)
