"""The app incidents, a floor that later work moves into."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = "障害"
