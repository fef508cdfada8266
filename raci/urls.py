"""The addresses of raci."""

app_name = "raci"
urlpatterns: list = []
