"""The tasks app."""

from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext
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
        from raci.models import CaseKind

        from . import handover, history, kinds, tellings

        timeline.register(history.SENTENCES)
        words.register(tellings.TELLINGS)
        kinds.register(kinds.Kind(CaseKind.CHANGE, home=_changes))
        before_leaving.append(handover.before_leaving)


def _changes() -> Any:
    """Where changes live."""
    from .kinds import Home

    return Home(gettext("変更管理"), reverse("tasks:changes"))
