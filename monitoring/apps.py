"""The monitoring app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitoringConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "monitoring"
    label = "monitoring"
    verbose_name = _("監視")

    def ready(self) -> None:
        from opsdesk.audit import timeline
        from opsdesk.notices import words
        from tasks import cautions
        from tasks.linking import knowing

        from . import alerts, health, history, tellings

        timeline.register(history.SENTENCES)
        words.register(tellings.TELLINGS)
        knowing.append(alerts.known_of)
        cautions.more.append(health.caution)
