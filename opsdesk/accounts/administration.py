"""Django admin as an app of this house: with the site of site.py."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    default_site = "opsdesk.accounts.site.AdministrationSite"
