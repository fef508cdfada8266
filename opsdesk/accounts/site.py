"""The admin's site: our words, and only what an administrator here administers."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _

#: Of these apps nothing is shown: rights come from teams and marks, sign-in from start codes.
FOREIGN = frozenset({"auth", "account", "mfa"})


class AdministrationSite(AdminSite):
    site_header = _("運用管理 管理画面")
    site_title = _("管理画面")
    index_title = _("利用者・団体・暦")
    empty_value_display = "—"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = model_or_iterable if isinstance(model_or_iterable, list | tuple) else [model_or_iterable]
        own = [model for model in models if model._meta.app_label not in FOREIGN]
        super().register(own, admin_class, **options)
