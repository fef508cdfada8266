"""Editions and duties in the admin, to look at: an edition changes by its commands, once published never."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from opsdesk.audit.admin import AdministratorsAdmin

from .models import Assignment, Duty, DutyField, Edition, FollowUp, Schedule, Signer


def never(self: Any, request: HttpRequest, obj: Model | None = None) -> bool:
    return False


class Rows(admin.TabularInline):
    """The rows that hang on a duty."""

    extra = 0
    has_add_permission = has_change_permission = has_delete_permission = never

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_active and request.user.is_staff


class AssignmentRows(Rows):
    model = Assignment
    fields = ["role", "mark"]


class ScheduleRows(Rows):
    model = Schedule


class FieldRows(Rows):
    model = DutyField
    fields = ["parent", "key", "label", "kind", "choices", "is_required", "is_asked", "finding", "options"]


class SignerRows(Rows):
    model = Signer
    fields = ["position", "role", "is_approver"]


class FollowUpRows(Rows):
    model = FollowUp
    fields = ["target_key", "kind", "condition"]


class LookAdmin(AdministratorsAdmin):
    has_add_permission = has_change_permission = never


@admin.register(Edition)
class EditionAdmin(LookAdmin):
    list_display = ["__str__", "title", "state", "in_force_on", "published_at", "published_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return super().get_queryset(request).select_related("published_by")


@admin.register(Duty)
class DutyAdmin(LookAdmin):
    list_display = ["number", "work", "cycle", "scope", "sharing", "is_entry", "is_acknowledged", "edition"]
    list_display_links = ["number", "work"]
    list_filter = ["edition", "cycle", "scope"]
    list_select_related = ["edition"]
    search_fields = ["number", "work", "note"]
    inlines = [AssignmentRows, ScheduleRows, FieldRows, SignerRows, FollowUpRows]
