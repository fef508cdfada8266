"""The workbook of an edition, as a download."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, signed_in
from opsdesk.lib.request import Request
from opsdesk.lib.workbook import CONTENT_TYPE

from .models import Edition


@allow(signed_in, label=gettext_lazy("分担表のExcel出力(改定案は、改定案を作れる人だけ)"))
@require_GET
def workbook(request: Request, number: int) -> HttpResponse:
    """Edition `number` as xlsx; to most people there are only those that were published."""
    edition = get_object_or_404(Edition.objects.visible_to(request.user, request.today), number=number)
    from .workbook.writing import export  # with the library that writes it: megabytes, for what is rare

    content = export(edition, by=request.user, at=request.now)
    name = f"{edition.title}_{edition}_{request.today:%Y%m%d}.xlsx"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(content, content_type=CONTENT_TYPE, headers=headers)
