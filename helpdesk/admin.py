"""Contacts and canned sentences in the admin: through the commands, for administrators."""

from typing import Any

from django.contrib import admin

from opsdesk.audit.admin import CommandAdmin

from . import contacts
from .models import Canned, Contact


class KeptAdmin(CommandAdmin):
    """What isn't used any more is switched off, not deleted."""

    def create_by(self, request: Any, **values: Any) -> Any:
        return contacts.keep(self.model(**values), by=request.user, at=request.now)

    def change_by(self, request: Any, obj: Any, **values: Any) -> Any:
        return contacts.keep(obj, by=request.user, at=request.now)


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
