"""/hooks/<source>/: a tool of the field sends what it found. Machines call it: a token, no session."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.http import HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from monitoring import intake, judging
from monitoring.bodies import Item, Unreadable, Unsound, read
from monitoring.models import Source
from monitoring.tokens import hashed
from opsdesk.accounts.access import allow, everyone
from opsdesk.lib.request import Request

logger = logging.getLogger(__name__)
BODY_LIMIT = 1024 * 1024


@allow(everyone, label=gettext_lazy("監視の知らせを受け取る（トークンのある機械）"))
@csrf_exempt
@require_POST
def hook(request: Request, pk: int) -> HttpResponse:
    """Take a body whole, or say in words why not."""
    source = _source(request, pk)
    if source is None:
        return _no(401, _("トークンが違います。"), **{"WWW-Authenticate": "Bearer"})
    try:
        return _take(request, source, read(source.kind, _body(request)))
    except (Unreadable, UnreadablePostError) as no:
        return _no(400, str(no))
    except Unsound as no:
        return _no(422, str(no))
    except OverflowError:
        return _no(413, _("一度に送れるのは1MBまでです。"))


hook.reads_raw = True  # type: ignore[attr-defined]  # the body is JSON, whatever type the tool says it has


def _source(request: Request, pk: int) -> Source | None:
    """The source, if the header Authorization holds a token of its own."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    return Source.objects.with_token(hashed(token.strip()), request.now).filter(pk=pk).first()


def _body(request: Request) -> bytes:
    """The body; OverflowError beyond BODY_LIMIT."""
    body: bytes = request.read(BODY_LIMIT + 1)
    if len(body) > BODY_LIMIT:
        raise OverflowError
    return body


def _take(request: Request, source: Source, items: list[Item]) -> HttpResponse:
    """Store them, then judge them; what can't be judged now is judged by the job."""
    try:
        taken = intake.store(source, items, request.now)
    except intake.TooMany:
        intake.refuse(source, request.now)
        return _no(429, _("1分間の上限を超えました。後で送り直してください。"), **{"Retry-After": "60"})
    try:
        judging.judge_all(taken.entries, request.now)
    except DatabaseError:
        logger.exception("judging what %s sent", source.pk)
    return JsonResponse({"accepted": len(taken.entries), "known": taken.known})


def _no(status: int, sentence: str, **headers: str) -> HttpResponse:
    return JsonResponse({"error": sentence}, status=status, headers=headers)
