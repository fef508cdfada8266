"""The addresses of the first sign-in."""

from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("start/", views.start, name="start"),
    path("start/password/", views.start_password, name="start_password"),
]
