"""The addresses of raci."""

from django.urls import path

from .views import workbook

app_name = "raci"
urlpatterns: list = [
    path("editions/<int:number>/workbook/", workbook, name="workbook"),
]
