"""The app incidents."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "incidents"
    verbose_name = _("障害")

    def ready(self) -> None:
        from opsdesk.audit import timeline
        from tasks import kinds

        from . import history
        from .reporters import offer

        timeline.register(history.SENTENCES)
        kinds.register(kinds.Kind("incident", offer=offer))
