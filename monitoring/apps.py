"""The app monitoring, a floor that later work moves into."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"
    verbose_name = "監視"
