"""Devices, checks, windows, sources, heartbeats and the allow-list in the admin, through the commands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.audit.admin import CommandAdmin

from . import registry
from .models import AllowedNetwork, Check, Device, Heartbeat, MaintenanceWindow, Source


class KeptAdmin(CommandAdmin):
    """Saves through registry.keep."""

    def create_by(self, request: Any, **values: Any) -> Model:
        return registry.keep(self.model(**values), by=request.user, at=request.now)

    def change_by(self, request: Any, obj: Any, **values: Any) -> Model:
        return registry.keep(obj, by=request.user, at=request.now)


class DeviceForm(forms.ModelForm):
    """With the other names, one a line."""

    names = forms.CharField(
        label=gettext_lazy("別名"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("イベントが機器を呼ぶホスト名やラベルの値。1行に一つ。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["names"] = "\n".join(self.instance.names.values_list("name", flat=True))


@admin.register(Device)
class DeviceAdmin(KeptAdmin):
    form = DeviceForm
    list_display = ["name", "kind", "organization", "address", "place", "is_active"]
    list_filter = ["kind", "is_active", "organization"]
    list_select_related = ["organization"]
    search_fields = ["name", "address", "names__name"]
    fields = ["name", "kind", "organization", "address", "names", "place", "note", "is_active"]

    def create_by(self, request: Any, **values: Any) -> Model:
        names = values.pop("names", "")
        device = super().create_by(request, **values)
        return registry.rename(device, names.splitlines(), by=request.user, at=request.now)  # type: ignore[arg-type]

    def change_by(self, request: Any, obj: Device, **values: Any) -> Model:
        if "names" in values:
            registry.rename(obj, values.pop("names").splitlines(), by=request.user, at=request.now)
        return super().change_by(request, obj, **values) if values else obj


@admin.register(Check)
class CheckAdmin(KeptAdmin):
    list_display = ["name", "device", "watch", "kind", "interval", "state", "last_at", "is_active"]
    list_filter = ["watch", "kind", "state", "is_active"]
    list_select_related = ["device"]
    search_fields = ["name", "device__name"]
    autocomplete_fields = ["device"]
    fieldsets = [
        (None, {"fields": ["device", "name", "watch", "kind", "params", "limits", "is_active"]}),
        (
            gettext_lazy("間隔と判定"),
            {"fields": ["interval", "timeout", "grace", "bad_of", "window", "good_in_a_row"]},
        ),
        (gettext_lazy("いまの状態"), {"fields": ["state", "last_at", "last_ok_at", "last_said", "next_at"]}),
    ]
    readonly_fields = ["state", "last_at", "last_ok_at", "last_said", "next_at"]


@admin.register(MaintenanceWindow)
class MaintenanceWindowAdmin(KeptAdmin):
    list_display = ["name", "rule", "on", "n", "starts_at", "minutes", "is_active"]
    list_filter = ["rule", "is_active"]
    filter_horizontal = ["devices"]
    fields = ["name", "devices", "rule", "on", "n", "starts_at", "minutes", "is_active"]

    def create_by(self, request: Any, **values: Any) -> Model:
        devices = values.pop("devices")
        row = MaintenanceWindow(**values)
        return registry.keep(row, by=request.user, at=request.now, devices=devices)

    def change_by(self, request: Any, obj: MaintenanceWindow, **values: Any) -> Model:
        return registry.keep(obj, by=request.user, at=request.now, devices=values.get("devices"))


class TokenAdmin(KeptAdmin):
    """Of a new row, and on demand, the token is shown once; only its hash is kept."""

    actions = ["renew"]  # type: ignore[assignment]

    def create_by(self, request: Any, **values: Any) -> Model:
        row = super().create_by(request, **values)
        self._show(request, row)
        return row

    @admin.action(description=gettext_lazy("新しいトークンを発行する"))
    def renew(self, request: HttpRequest, queryset: QuerySet) -> None:
        for row in queryset.order_by("pk"):
            self._show(request, row)

    def _show(self, request: Any, row: Any) -> None:
        token = registry.renew(row, by=request.user, at=request.now)
        said = _("%(name)s のトークン（一度だけ表示します）: %(token)s") % {
            "name": row,
            "token": self.shown(token),
        }
        self.message_user(request, said, messages.WARNING)

    def shown(self, token: str) -> str:
        return token


@admin.register(Source)
class SourceAdmin(TokenAdmin):
    list_display = ["name", "kind", "watch", "rate", "last_at", "is_active"]
    fields = ["name", "kind", "watch", "rate", "is_active"]


@admin.register(Heartbeat)
class HeartbeatAdmin(TokenAdmin):
    list_display = ["name", "key", "organization", "planned_at", "grace", "succeeded_at", "is_active"]
    list_select_related = ["organization"]
    fields = [
        "name", "key", "organization", "planned_at", "grace", "closes", "fills", "fails", "log", "is_active",
    ]  # fmt: skip

    def shown(self, token: str) -> str:
        return f"/beat/{token}/"


@admin.register(AllowedNetwork)
class AllowedNetworkAdmin(KeptAdmin):
    """The one thing here that may be deleted: what is not listed is not reached."""

    list_display = ["network", "ports", "allows_ping", "note"]
    fields = ["network", "ports", "allows_ping", "note"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may(request, obj)

    def delete_model(self, request: Any, obj: AllowedNetwork) -> None:
        registry.remove(obj, by=request.user, at=request.now)
