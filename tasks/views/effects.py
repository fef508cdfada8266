"""Acts whose effect is shown before they are done: GET with the values shows it, POST does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request

#: In the query of a form that was filled in.
CHECK = "check"


def effect_page(
    request: Request,
    form_class: Callable[..., forms.Form],
    *,
    effect: Callable[[dict[str, Any]], dict[str, Any]],
    act: Callable[[dict[str, Any]], str],
    done: str,
    template: str,
    initial: dict[str, Any] | None = None,
    **context: Any,
) -> HttpResponse:
    """The form; once it is valid its `effect` (variables of `template`) with the button that does it.

    `act` does it and returns what is said; `done` is the address to go to."""
    is_post = request.method == "POST"
    data = request.POST if is_post else request.GET if CHECK in request.GET else None
    form = form_class(data, initial=initial)
    shown: dict[str, Any] = {}
    if form.is_valid():
        try:
            if is_post:
                messages.success(request, act(form.cleaned_data))
                return redirect(done)
            shown = effect(form.cleaned_data)
        except Refusal as no:
            form.add_error(None, str(no))
    values = [(f.html_name, f.value() or "") for f in form] if shown else []
    status = 409 if form.errors and is_post else 422 if form.errors else 200
    return render(
        request, template, {"form": form, "effect": shown, "values": values, **context}, status=status
    )
