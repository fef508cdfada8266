"""The fields of one duty of a draft: their list, in which they are moved, and the form of each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, drafter
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from raci.content import Row
from raci.models import FieldKind
from tasks.settings_forms.base import changed, moved
from tasks.settings_forms.field import FieldSection, said
from tasks.settings_forms.ground import Ground, paths
from tasks.settings_forms.preview import drawn

from .duty_settings import answer, frame, ground_or_elsewhere, is_offered, keep

VERBS = {
    "up": gettext_lazy("「%(label)s」を上へ移しました。"),
    "down": gettext_lazy("「%(label)s」を下へ移しました。"),
    "drop": gettext_lazy("「%(label)s」を外しました。"),
}


@allow(drafter, label=gettext_lazy("改定案の記入項目"))
@require_http_methods(["GET", "HEAD", "POST"])
def edition_fields(request: Request, number: int, key: int) -> HttpResponse:
    """All fields in words, with the form as its closer will see it; POST moves one or takes it away."""
    ground = ground_or_elsewhere(request, number, key)
    if isinstance(ground, HttpResponse):
        return ground
    if not is_offered("fields", ground.row):
        raise Http404
    if request.method != "POST":
        return show(request, ground)
    return move(request, ground, *request.POST.get("act", "").partition(":")[::2])


@allow(drafter, label=gettext_lazy("改定案の記入項目を変える"))
@require_http_methods(["GET", "HEAD", "POST"])
def edition_field(request: Request, number: int, key: int) -> HttpResponse:
    """The form of the field `?field=<path>`; of a new one without, `?in=<lines>` of a new column."""
    ground = ground_or_elsewhere(request, number, key)
    if isinstance(ground, HttpResponse):
        return ground
    path, lines = request.GET.get("field", ""), request.GET.get("in", "")
    every = dict(paths(ground.row.get("fields", ())))
    is_known = (not path or path in every) and (not lines or _is_lines(every.get(lines)))
    if not is_offered("fields", ground.row) or not is_known:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = FieldSection(ground, data, request.POST.get("act", ""), path=path, lines=lines)
    return answer(request, form, _back(ground, form.lines))


def _is_lines(field: Row | None) -> bool:
    return field is not None and field["kind"] == FieldKind.LINES


def _back(ground: Ground, lines: str) -> str:
    """From a column to its lines, from a field to the list."""
    place = [ground.edition.number, ground.key]
    if lines:
        return f"{reverse('tasks:edition_field', args=place)}?field={lines}"
    return reverse("tasks:edition_fields", args=place)


def show(
    request: Request, ground: Ground, *, errors: list[tuple[str, str]] | None = None, status: int = 200
) -> HttpResponse:
    found: dict[str, Any] = frame(ground, "fields") | {
        "said": said(ground),
        "drawn": drawn(ground),
        "errors": errors or [],
        "version": ground.edition.version,
    }
    return render(request, "tasks/edition_fields.html", found, status=status)


def move(request: Request, ground: Ground, verb: str, path: str) -> HttpResponse:
    """Save the fields with one moved or taken away."""
    every = dict(paths(ground.row.get("fields", ())))
    if verb not in VERBS or path not in every:
        return show(request, ground, errors=[("", _("その項目はもうありません。"))], status=409)
    label = every[path]["label"]
    fields = _moved(ground.row["fields"], path, verb)
    try:
        keep(request, ground, changed(ground.row, fields=fields or None))
    except Refusal as refusal:
        sentences = list(refusal.errors.values()) or [str(refusal)]
        if verb == "drop" and refusal.errors:
            sentences = [
                _("「%(label)s」は外せません。次の設定が使っています。") % {"label": label},
                *sentences,
            ]
        errors = [("", sentence) for sentence in sentences]
        return show(request, ground, errors=errors, status=422 if refusal.errors else 409)
    messages.success(request, VERBS[verb] % {"label": label})
    return HttpResponseRedirect(_back(ground, path.rpartition(".")[0]))


def _moved(fields: list[Row], path: str, verb: str) -> list[Row]:
    top, _dot, column = path.partition(".")
    at = next(n for n, f in enumerate(fields) if f["key"] == top)
    if not column:
        return moved(fields, at, verb)
    columns = fields[at]["columns"]
    inner = moved(columns, next(n for n, c in enumerate(columns) if c["key"] == column), verb)
    return [{**f, "columns": inner} if n == at else f for n, f in enumerate(fields)]
