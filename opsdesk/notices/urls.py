"""The addresses of notices."""

from django.urls import path

from . import views

app_name = "notices"
urlpatterns = [
    path("", views.notices, name="list"),
    path("read/", views.notices_read, name="read"),
    path("settings/", views.notice_settings, name="settings"),
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/send/", views.outbox_send, name="outbox_send"),
    path("<int:pk>/open/", views.notice_open, name="open"),
]
