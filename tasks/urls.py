"""The addresses of tasks."""

app_name = "tasks"
urlpatterns: list = []
