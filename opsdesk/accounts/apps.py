"""The accounts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "opsdesk.accounts"
    label = "accounts"
    verbose_name = _("利用者と団体")

    def ready(self) -> None:
        from opsdesk.accounts import factors, history
        from opsdesk.audit import timeline

        timeline.register(history.SENTENCES)
        factors.listen()
