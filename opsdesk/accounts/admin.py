"""Organizations, roles, teams, memberships and people in the admin, through the commands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from opsdesk.audit.admin import CommandAdmin

from . import admin_people, memberships, organizations, people, roles, teams
from .models import Membership, Organization, OrganizationName, Role, Team, User


class ReadOnlyInline(admin.TabularInline):
    """Rows to look at; they change by commands of their own."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


class NamesInline(ReadOnlyInline):
    model = OrganizationName
    show_change_link = False


class MembershipsInline(ReadOnlyInline):
    model = Membership
    fk_name = "user"


class RenamableForm(forms.ModelForm):
    """A new name counts from a day on."""

    renamed_on = forms.DateField(
        label=_("新しい名称の開始日"),
        required=False,
        widget=AdminDateWidget,
        help_text=_("名称を変えるときだけ。空なら今日から。"),
    )


@admin.register(Organization)
class OrganizationAdmin(CommandAdmin):
    form = RenamableForm
    list_display = ["name", "short_name", "kind", "joined_on", "left_on"]
    list_filter = ["kind"]
    search_fields = ["name", "short_name", "kana", "code"]
    inlines = [NamesInline]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        names = ["code", "kind", "name", "short_name", "kana", "position", "joined_on"]
        return [*names, *(["renamed_on", "left_on"] if obj else []), "unpatched_limit_percent"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["code", "kind", "joined_on"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list[Any]:
        return [NamesInline] if obj else []

    def create_by(self, request: Any, **values: Any) -> Organization:
        values.pop("renamed_on", None)
        return organizations.create(by=request.user, at=request.now, **values)

    def change_by(self, request: Any, obj: Organization, **values: Any) -> Organization:
        who = {"by": request.user, "at": request.now}
        from_on, left_on = values.pop("renamed_on", None) or request.today, values.pop("left_on", None)
        if "name" in values:
            name, kana = values.pop("name"), values.pop("kana", "")
            short_name = values.pop("short_name", "") or Organization.objects.get(pk=obj.pk).short_name
            organizations.rename(obj, name=name, from_on=from_on, short_name=short_name, kana=kana, **who)
        if left_on:
            organizations.leave(obj, on=left_on, **who)
        return organizations.change(obj, **values, **who)


@admin.register(Role)
class RoleAdmin(CommandAdmin):
    list_display = ["name", "code", "kind", "position"]
    fields = ["code", "name", "kind", "position"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["code", "kind"] if obj else []

    def create_by(self, request: Any, **values: Any) -> Role:
        return roles.create(by=request.user, at=request.now, **values)

    def change_by(self, request: Any, obj: Role, **values: Any) -> Role:
        return roles.change(obj, by=request.user, at=request.now, **values)


@admin.register(Team)
class TeamAdmin(CommandAdmin):
    list_display = ["name", "role", "organization", "starts_on", "ends_on"]
    list_filter = ["role", "organization"]
    list_select_related = ["role", "organization"]
    search_fields = ["name", "organization__name"]
    fields = ["role", "organization", "name", "starts_on", "ends_on"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["role", "organization", "starts_on"] if obj else []

    def create_by(self, request: Any, **values: Any) -> Team:
        return teams.create(values.pop("role"), by=request.user, at=request.now, **values)

    def change_by(self, request: Any, obj: Team, **values: Any) -> Team:
        who = {"by": request.user, "at": request.now}
        if values.get("ends_on"):
            obj = teams.end(obj, on=values["ends_on"], **who)
        return teams.change(obj, name=values["name"], **who) if "name" in values else obj


@admin.register(Membership)
class MembershipAdmin(CommandAdmin):
    list_display = ["user", "team", "is_approver", "starts_on", "ends_on"]
    list_filter = ["team"]
    list_select_related = ["user", "team"]
    search_fields = ["user__name", "user__login", "user__kana", "team__name"]
    autocomplete_fields = ["user", "team"]
    fields = ["user", "team", "is_approver", "starts_on", "ends_on"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["user", "team", "starts_on"] if obj else []

    def create_by(self, request: Any, **values: Any) -> Membership:
        return memberships.join(values.pop("user"), by=request.user, at=request.now, **values)

    def change_by(self, request: Any, obj: Membership, **values: Any) -> Membership:
        who = {"by": request.user, "at": request.now}
        if values.get("ends_on"):
            obj = memberships.leave(obj, on=values["ends_on"], **who)
        if "is_approver" in values:
            obj = memberships.change(obj, is_approver=values["is_approver"], **who)
        return obj


@admin.register(User)
class UserAdmin(CommandAdmin):
    list_display = ["login", "name", "organization", "department", "post", "is_staff", "is_active"]
    list_filter = ["is_active", "is_staff", "organization"]
    list_select_related = ["organization"]
    search_fields = ["login", "name", "kana", "department"]
    change_form_template = "admin/accounts/user_change.html"
    fieldsets = [
        (None, {"fields": ["login", "name", "kana", "organization", "department", "post", "email"]}),
        (_("できること"), {"fields": ["is_staff", "can_publish_matrix"]}),
        (_("状態"), {"fields": ["is_active", "joined_at", "last_login"]}),
    ]
    readonly_fields = ["is_active", "joined_at", "last_login"]

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list[Any]:
        return [MembershipsInline] if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).select_related("organization")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Only people in use are offered for a membership."""
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.filter(is_active=True)
        return super().get_search_results(request, queryset, search_term)

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "start-code": (admin_people.start_code, "accounts_user_start_code"),
            "deactivate": (admin_people.deactivate, "accounts_user_deactivate"),
            "reactivate": (admin_people.reactivate, "accounts_user_reactivate"),
        }
        own = [
            path(f"<int:pk>/{place}/", self.admin_site.admin_view(view), {"model_admin": self}, name=name)
            for place, (view, name) in pages.items()
        ]
        return own + super().get_urls()

    def create_by(self, request: Any, **values: Any) -> User:
        return people.create(by=request.user, at=request.now, **values)

    def change_by(self, request: Any, obj: User, **values: Any) -> User:
        return people.change(obj, by=request.user, at=request.now, **values)
