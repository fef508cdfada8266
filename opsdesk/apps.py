"""The roof as a Django app: its commands, its system checks, and the table of the cache."""

from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


class RoofConfig(AppConfig):
    name = "opsdesk"
    label = "opsdesk_roof"
    verbose_name = "運用管理"

    def ready(self) -> None:
        from opsdesk import checks  # noqa: F401  (importing registers the checks)

        # An app without models sends no post_migrate: the sessions', which always come, stand in for it.
        post_migrate.connect(make_cache_table, sender=apps.get_app_config("sessions"))


def make_cache_table(using: str, **_signal: Any) -> None:
    """Create the table of the sign-in limits, which Django keeps outside the migrations."""
    call_command("createcachetable", database=using, verbosity=0)
