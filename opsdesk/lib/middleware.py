"""A business "no" becomes a sentence on the page where the person is."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from .refusal import Refusal


class RefusalMiddleware:
    """Shows a Refusal that a view let through; views with forms catch it and keep what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer(request, error) if isinstance(error, Refusal) else None


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """409 (422 if fields are to blame) as a fragment or a page; after a plain form the page it came from."""
    status = 422 if refusal.errors else 409
    if request.headers.get("HX-Request"):
        return HttpResponse(
            format_html('<p class="note note-bad" role="alert">{}</p>', str(refusal)), status=status
        )
    back = request.headers.get("Referer", "")
    if request.method == "POST" and url_has_allowed_host_and_scheme(back, {request.get_host()}):
        messages.error(request, str(refusal))
        return HttpResponseRedirect(back)
    return render(request, "409.html", {"refusal": refusal, "back": back}, status=status)
