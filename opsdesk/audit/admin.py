"""Django admin through commands: a change is an Event, a Refusal an error of the form, nothing is deleted."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from opsdesk.lib.refusal import Refusal

from .models import Event
from .timeline import entry, timeline_of


class AdministratorsAdmin(admin.ModelAdmin):
    """Open to administrators (is_staff), who need no permission row by row. Deletes nothing."""

    list_per_page = 50
    actions = None

    def may(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_active and request.user.is_staff

    has_module_permission = has_view_permission = has_add_permission = has_change_permission = may

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class CommandAdmin(AdministratorsAdmin):
    """A ModelAdmin that saves by `create_by` and `change_by`, which call commands."""

    object_history_template = "admin/timeline.html"

    def create_by(self, request: Any, **values: Any) -> Model:
        raise NotImplementedError

    def change_by(self, request: Any, obj: Any, **values: Any) -> Model:
        raise NotImplementedError

    def save_model(self, request: Any, obj: Any, form: ModelForm, change: bool) -> None:
        if change:
            values = {name: form.cleaned_data[name] for name in form.changed_data}
            saved = self.change_by(request, obj, **values)
        else:
            saved = self.create_by(request, **form.cleaned_data)
        obj.__dict__.update(saved.__dict__)

    def changeform_view(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """A Refusal rolls the command back, and the form comes again with the sentence and what was typed."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refusal as no:
            request.refusal = no
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: Any, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)

        class RefusedForm(form):  # type: ignore[valid-type, misc]
            def clean(self) -> Any:
                values = super().clean()
                refusal = getattr(request, "refusal", None)
                if refusal:
                    self.add_error(None, str(refusal))
                return values

        return RefusedForm

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("履歴"),
            "subtitle": str(obj),
            "events": timeline_of(obj, limit=200),
            "object": obj,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Nothing: Events are the history."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Nothing: Events are the history."""


@admin.register(Event)
class EventAdmin(AdministratorsAdmin):
    """History of what administrators administer; what municipalities did is not theirs to read."""

    APPS = ("accounts", "calendar", "raci")
    list_display = ["at", "stream", "kind", "title", "about", "who"]
    list_display_links = None
    list_filter = ["stream", "code"]
    search_fields = ["actor_name", "code"]
    date_hierarchy = "at"
    ordering = ["-pk"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        models = (model for app in self.APPS for model in apps.get_app_config(app).get_models())
        types = [model._meta.label_lower for model in models]
        return super().get_queryset(request).filter(object_type__in=types)

    def never(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    has_add_permission = has_change_permission = never

    @admin.display(description=_("ことば"))
    def kind(self, event: Event) -> str:
        return entry(event).kind

    @admin.display(description=_("内容"))
    def title(self, event: Event) -> str:
        return "\n".join(part for part in (entry(event).title, entry(event).text) if part)

    @admin.display(description=_("対象"))
    def about(self, event: Event) -> str:
        return f"{event.object_type} {event.object_id}"

    @admin.display(description=_("行った人"))
    def who(self, event: Event) -> str:
        return entry(event).who
