"""The app incidents: what broke."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "incidents"
    verbose_name = _("障害")

    def ready(self) -> None:
        from opsdesk.audit import timeline
        from opsdesk.notices import bell, words
        from raci.models import CaseKind
        from tasks import boardpanels, kinds

        from . import banner, board, handling, history, panels, reporters, tellings

        timeline.register(history.SENTENCES)
        words.register(tellings.TELLINGS)
        boardpanels.register(boardpanels.SIDE, board.ongoing)
        bell.facts["incidents"] = board.is_there
        bell.facts["alarmed"] = banner.is_there
        kinds.register(
            kinds.Kind(
                CaseKind.INCIDENT,
                opened=handling.keep,
                changed=handling.keep,
                known=handling.known,
                stops=handling.stops,
                parts=panels.parts_of,
                offer=reporters.offer,
                home=panels.home,
            )
        )
        post_migrate.connect(_catch_up, sender=self)


def _catch_up(sender: Any, using: str, **_of: Any) -> None:
    """Incidents that were raised before this app was there."""
    from .catchup import catch_up

    catch_up(using)
