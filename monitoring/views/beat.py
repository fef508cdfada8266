"""/beat/<token>/: a batch calls when it starts, has succeeded, or failed. Machines call it: no session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from monitoring import beats
from monitoring.models import Heartbeat
from monitoring.tokens import hashed, take
from opsdesk.accounts.access import allow, everyone
from opsdesk.accounts.request import Request
from opsdesk.lib.refusal import Refusal

#: Calls a minute of one heartbeat.
RATE = 60
RAW = "text/plain; charset=utf-8"


def _called(request: Request, token: str, act: Callable[..., str]) -> HttpResponse:
    """Find the heartbeat of `token`, count the call, read its log, and do it; a sentence in plain text."""
    beat = Heartbeat.objects.filter(token_hash=hashed(token), is_active=True).first()
    if beat is None:
        return HttpResponse(_("この完了通知はありません。\n"), RAW, status=404)
    if not take(beat, RATE, request.now):
        later = _("呼び出しが多すぎます。1分待ってください。\n")
        return HttpResponse(later, RAW, status=429, headers={"Retry-After": "60"})
    log = request.read(beats.LOG_LIMIT + 1)
    if len(log) > beats.LOG_LIMIT:
        return HttpResponse(_("記録は100kBまでにしてください。\n"), RAW, status=413)
    said: dict[str, Any] = {} if act is beats.start else {"log": log}
    try:
        return HttpResponse(act(beat, by=None, at=request.now, **said) + "\n", RAW)
    except Refusal as no:
        return HttpResponse(f"{no}\n", RAW, status=409)


def _raw(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The body is the log as it is, whatever type the tool says it has: no form is read out of it."""
    view.reads_raw = True  # type: ignore[attr-defined]
    return view


@allow(everyone, label=gettext_lazy("完了通知: 成功を受け取る(トークンのある機械)"))
@_raw
@csrf_exempt
@require_http_methods(["GET", "POST"])
def beat(request: Request, token: str) -> HttpResponse:
    """The work is done; a POST's body is its log."""
    return _called(request, token, beats.succeed)


@allow(everyone, label=gettext_lazy("完了通知: 開始を受け取る(トークンのある機械)"))
@_raw
@csrf_exempt
@require_http_methods(["GET", "POST"])
def beat_start(request: Request, token: str) -> HttpResponse:
    """The work has begun."""
    return _called(request, token, beats.start)


@allow(everyone, label=gettext_lazy("完了通知: 失敗を受け取る(トークンのある機械)"))
@_raw
@csrf_exempt
@require_http_methods(["GET", "POST"])
def beat_fail(request: Request, token: str) -> HttpResponse:
    """The work went wrong; a POST's body is its log."""
    return _called(request, token, beats.fail)
