"""The leaf helpers as a Django app: their template tags."""

from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "opsdesk.lib"
    label = "lib"
    verbose_name = "部品"
