"""/healthz for whoever starts and stops the processes, /metrics for Prometheus. No session."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from monitoring import metrics
from monitoring.health import parts
from opsdesk.accounts.access import allow, everyone
from opsdesk.accounts.request import Request

TEXT = "text/plain; version=0.0.4; charset=utf-8"


@allow(everyone, label=gettext_lazy("システムの稼働の確認(healthz)"))
@require_GET
def healthz(request: Request) -> HttpResponse:
    """200 if every part is well, else 503; which one in JSON."""
    found = parts(request.now)
    is_well = all(part.is_well for part in found)
    said = {part.name: {"ok": part.is_well, "seconds": part.seconds} for part in found}
    answer = {"ok": is_well, "at": request.now.isoformat(timespec="seconds"), "parts": said}
    return JsonResponse(answer, status=200 if is_well else 503)


@allow(everyone, label=gettext_lazy("システムの測定値(トークンのある機械)"))
@require_GET
def metrics_text(request: Request) -> HttpResponse:
    """Opsdesk's own numbers for who has METRICS_TOKEN; without one there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").encode()
    if not secrets.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(metrics.text(metrics.measured(request.now)), TEXT)
