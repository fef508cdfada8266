"""Closed days in the admin lead on to the open tasks that are due on them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from opsdesk.calendar.admin import AddedDayAdmin
from opsdesk.calendar.models import ClosedDay

from . import displaced

admin.site.unregister(ClosedDay)


@admin.register(ClosedDay)
class ClosedDayAdmin(AddedDayAdmin):
    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return _to_tasks(obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return _to_tasks(obj) or super().response_change(request, obj)


def _to_tasks(day: ClosedDay) -> HttpResponse | None:
    if displaced.counts([day])[day.pk]:
        return redirect(f"{reverse('tasks:closed_day_tasks')}?day={day.pk}")
    return None
