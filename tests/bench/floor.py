"""The floor: the plainest Django view over the same tables: session, user, one query, a plain template."""

import secrets

from django.db import connection
from django.http import HttpResponseForbidden, HttpResponseRedirect
from django.shortcuts import render
from django.template.loaders.locmem import Loader as Memory
from django.urls import path
from django.utils import timezone

from raci.models import Duty
from tasks.models import Case, Task

LIST = """<!DOCTYPE html><html lang="ja"><head><title>作業</title></head><body><p>{{ user.name }}</p><table>
{% for t in tasks %}<tr><td>{{ t.due_at }}</td>
<td><a href="/floor/tasks/{{ t.pk }}/">{{ t.duty.number }} {{ t.duty.work }}</a></td>
<td>{{ t.period }}</td><td>{{ t.organization.short_name }}</td><td>{{ t.assignee.name }}</td>
<td>{{ t.state }}</td><td>{{ t.done_on }}</td></tr>{% endfor %}</table></body></html>"""
DETAIL = """<!DOCTYPE html><html lang="ja"><head><title>作業</title></head><body><p>{{ user.name }}</p>
<h1>{{ task.duty.work }}</h1><dl><dt>No.</dt><dd>{{ task.duty.number }}</dd>
<dt>団体</dt><dd>{{ task.organization.name }}</dd><dt>期限</dt><dd>{{ task.due_at }}</dd>
<dt>状態</dt><dd>{{ task.state }}</dd><dt>担当者</dt><dd>{{ task.assignee.name }}</dd></dl>
<form method="post">{% csrf_token %}<input name="remark" value="{{ task.remark }}"><button>完了</button>
</form></body></html>"""


class Loader(Memory):
    def __init__(self, engine):
        super().__init__(engine, {"list.html": LIST, "detail.html": DETAIL})


class CountMiddleware:
    """X-Statements: how many statements an answer took."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        self.count = 0
        with connection.execute_wrapper(self.counted):
            response = self.get_response(request)
        response["X-Statements"] = str(self.count)
        return response

    def counted(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


def tasks():
    return Task.objects.select_related("duty", "organization", "assignee")


def task_list(request):
    if not request.user.is_authenticated:
        return HttpResponseForbidden()
    return render(
        request, "list.html", {"user": request.user, "tasks": tasks().open().order_by("due_at", "pk")[:50]}
    )


def task_detail(request, pk):
    if not request.user.is_authenticated:
        return HttpResponseForbidden()
    task = tasks().get(pk=pk)
    if request.method == "POST":
        task.state, task.closed_at = Task.State.DONE, timezone.now()
        task.done_on, task.remark = timezone.localdate(task.closed_at), request.POST["remark"]
        task.save()
        return HttpResponseRedirect("/floor/tasks/")
    return render(request, "detail.html", {"user": request.user, "task": task})


def case_create(request):
    if not request.user.is_authenticated:
        return HttpResponseForbidden()
    at, duty = timezone.now(), Duty.objects.get(number=12)
    Case.objects.create(
        kind=duty.case_kind,
        fiscal_year=1,
        serial=secrets.randbelow(2**31),
        number=request.POST["token"][:20],
        title=request.POST["title"],
        entry=duty,
        raised_at=at,
        raised_by=request.user,
    )
    return HttpResponseRedirect("/floor/tasks/")


urlpatterns = [
    path("floor/tasks/", task_list),
    path("floor/tasks/<int:pk>/", task_detail),
    path("floor/cases/", case_create),
]
