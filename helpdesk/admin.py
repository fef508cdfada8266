"""Contacts and canned sentences in the admin: through the commands, for administrators."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from opsdesk.audit.admin import AdministratorsAdmin

from . import contacts
from .models import Canned, Contact


class KeptAdmin(AdministratorsAdmin):
    """Every change is a command with its Event; what isn't used any more is switched off, not deleted."""

    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        contacts.keep(obj, by=request.user, at=request.now)  # type: ignore[attr-defined]


@admin.register(Contact)
class ContactAdmin(KeptAdmin):
    list_display = ["name", "department", "organization", "phone", "email", "is_active"]
    list_filter = ["organization", "is_active"]
    list_select_related = ["organization"]
    search_fields = ["name", "kana", "department", "phone", "email"]


@admin.register(Canned)
class CannedAdmin(KeptAdmin):
    list_display = ["key", "name", "is_active"]
    list_display_links = ["name"]
