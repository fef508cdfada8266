"""Addresses of monitoring: those that machines call, and the pages."""

from django.urls import path

from .views import beat

app_name = "monitoring"
urlpatterns = [
    path("beat/<str:token>/", beat.beat, name="beat"),
    path("beat/<str:token>/start", beat.beat_start, name="beat_start"),
    path("beat/<str:token>/fail", beat.beat_fail, name="beat_fail"),
]
