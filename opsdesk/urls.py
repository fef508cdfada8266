"""The addresses of the house, one line a floor."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("tasks.urls")),  # first: most requests go there
    path("accounts/", include("opsdesk.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("notices/", include("opsdesk.notices.urls")),
    path("", include("monitoring.urls")),
    path("", include("helpdesk.urls")),
    path("", include("raci.urls")),
    path("", include("incidents.urls")),
]
handler500 = "opsdesk.outage.server_error"
