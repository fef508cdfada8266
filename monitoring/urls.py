"""Addresses of monitoring: those that machines call, and the pages."""

from django.urls import path

from .views import beat, devices, health

app_name = "monitoring"
urlpatterns = [
    path("monitor/", devices.devices, name="devices"),
    path("monitor/devices/<int:pk>/", devices.device, name="device"),
    path("monitor/beats/", devices.heartbeats, name="heartbeats"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics_text, name="metrics"),
    path("beat/<str:token>/", beat.beat, name="beat"),
    path("beat/<str:token>/start", beat.beat_start, name="beat_start"),
    path("beat/<str:token>/fail", beat.beat_fail, name="beat_fail"),
]
