"""The addresses of tasks."""

from django.urls import path

from .views.list import task_list
from .views.sheet import task_sheet

app_name = "tasks"
urlpatterns: list = [
    path("tasks/", task_list, name="list"),
    path("tasks/sheet/", task_sheet, name="sheet"),
]
