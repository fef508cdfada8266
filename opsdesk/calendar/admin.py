"""Eras, holidays, closed and open days in the admin: through the commands, for administrators."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import closing, holidays
from .models import ClosedDay, Era, Holiday, OpenDay


class CalendarAdmin(admin.ModelAdmin):
    """Every change is a command with its Event."""

    list_per_page = 50

    def _is_administrator(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    has_module_permission = _is_administrator
    has_view_permission = has_add_permission = _is_administrator
    has_change_permission = has_delete_permission = _is_administrator

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save = closing.change if change else closing.add
        save(obj, by=request.user, at=request.now)  # type: ignore[attr-defined]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        closing.remove(obj, by=request.user, at=request.now)  # type: ignore[attr-defined]

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset.order_by("pk"):
            self.delete_model(request, obj)


@admin.register(Era)
class EraAdmin(CalendarAdmin):
    list_display = ["name", "letter", "starts_on"]


@admin.register(Holiday)
class HolidayAdmin(CalendarAdmin):
    list_display = ["on", "name"]
    search_fields = ["name"]
    date_hierarchy = "on"
    ordering = ["-on"]
    actions = ["fill_missing"]

    @admin.action(description=gettext_lazy("足りない祝日を取り込む(どれか1件を選んで実行)"))
    def fill_missing(self, request: HttpRequest, queryset: Any) -> None:
        years = holidays.years_for(request.today)  # type: ignore[attr-defined]
        added = holidays.fill(years, by=request.user, at=request.now)  # type: ignore[attr-defined]
        self.message_user(
            request,
            _("%(from)s年から%(to)s年までの祝日を%(count)s件追加しました。")
            % {"from": years[0], "to": years[-1], "count": added},
            messages.SUCCESS,
        )


@admin.register(ClosedDay, OpenDay)
class AddedDayAdmin(CalendarAdmin):
    list_display = ["on", "organization", "name"]
    list_filter = ["organization"]
    search_fields = ["name"]
    date_hierarchy = "on"
    ordering = ["-on"]
