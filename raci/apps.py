"""The raci app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RaciConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "raci"
    label = "raci"
    verbose_name = _("作業分担表")

    def ready(self) -> None:
        from opsdesk.audit import timeline
        from opsdesk.notices import bell

        from . import access, history

        timeline.register(history.SENTENCES)
        bell.facts["issued"] = access.issued
        bell.facts["union"] = access.union
