"""FAQ: everybody reads what is published; who receives inquiries writes, publishes and takes back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from helpdesk import faqs
from helpdesk.filters import FaqFilter
from helpdesk.hints import hints_for
from helpdesk.models import Faq, Inquiry
from helpdesk.reception import receives
from helpdesk.tables import FaqTable
from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.listing import list_page
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number


def _visible(request: Request) -> Any:
    return Faq.objects.visible_to(receives(request.user, request.today))


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("ダッシュボード"), "/"), ("FAQ", reverse("helpdesk:faqs")), *more]


@allow(team_member, label=gettext_lazy("FAQ"))
@require_GET
def faq_list(request: Request) -> HttpResponseBase:
    """Drafts too for who writes them."""
    edits = receives(request.user, request.today)
    return list_page(
        request, Faq.objects.visible_to(edits), FaqFilter, FaqTable, title="FAQ", filename="faq",
        template="helpdesk/faqs.html", context={"edits": edits},
    )  # fmt: skip


@allow(team_member, label=gettext_lazy("FAQを読む"))
@require_GET
def faq(request: Request, pk: int) -> HttpResponse:
    """One question with its answer; the inquiry it came from for who may read that."""
    edits = receives(request.user, request.today)
    row = get_object_or_404(Faq.objects.visible_to(edits).select_related("changed_by"), pk=pk)
    seen = Inquiry.objects.visible_to(request.user, request.today).select_related("case")
    source = seen.filter(pk=row.source_id).first() if row.source_id else None
    context = {"faq": row, "edits": edits, "source": source, "title": row.question}
    return render(request, "helpdesk/faq.html", {**context, "crumbs": _crumbs((_("回答"), ""))})


@allow(team_member, label=gettext_lazy("FAQを書く"))
@require_http_methods(["GET", "POST"])
def faq_edit(request: Request, pk: int | None = None) -> HttpResponse:
    """A new one without `pk`; `publish` says whether it is published with this saving."""
    row = get_object_or_404(_visible(request), pk=pk) if pk else Faq()
    if not receives(request.user, request.today):
        raise PermissionDenied(_("FAQを編集できるのは、受付の主担当（◎）だけです。"))
    if request.method != "POST":
        return _form(request, row, {name: getattr(row, name) for name in faqs.LIMITS}, row.version)
    words = {name: request.POST.get(name, "") for name in faqs.LIMITS}
    version = whole_number(request.POST.get("version", "")) or 0
    publish = {"yes": True, "no": False}.get(request.POST.get("publish", ""))
    try:
        row = faqs.save(row, by=request.user, at=request.now, words=words, version=version, publish=publish)
    except Refusal as refusal:
        return _form(request, row, words, version, refusal)
    messages.success(request, _("FAQを保存しました。"), extra_tags=f"draft:faq-{pk or 'new'}")
    return redirect("helpdesk:faq", row.pk)


def _form(
    request: Request, row: Faq, words: dict[str, str], version: int, refusal: Refusal | None = None
) -> HttpResponse:
    errors = refusal.errors if refusal else {}
    labels = {name: Faq._meta.get_field(name).verbose_name for name in faqs.LIMITS}  # type: ignore[union-attr]
    context = {
        "faq": row, "version": version, "refusal": refusal,
        "title": _("FAQの編集") if row.pk else _("FAQの登録"),
        "draft": f"faq-{row.pk or 'new'}",
        "faq_fields": [
            {"name": n, "label": labels[n], "value": words[n], "error": errors.get(n, ""), "most": most,
             "is_needed": n in faqs.NEEDED, "is_long": n == "answer"}
            for n, most in faqs.LIMITS.items()
        ],
        "errors": [(f"#i-{name}", sentence) for name, sentence in errors.items()],
        "crumbs": _crumbs((_("編集"), "")),
    }  # fmt: skip
    return render(request, "helpdesk/faq_edit.html", context, status=_status(refusal))


def _status(refusal: Refusal | None) -> int:
    return 200 if refusal is None else 422 if refusal.errors else 409


@allow(team_member, label=gettext_lazy("入力中にFAQを探す"))
@require_GET
def faq_hints(request: Request) -> HttpResponse:
    """What may answer `?title=`: for who is about to ask; htmx gets the list only."""
    hints, words = hints_for(request.GET.get("title", ""))
    context = {"hints": hints, "words": words, "title": _("FAQの候補"), "crumbs": _crumbs((_("候補"), ""))}
    return render(request, "helpdesk/_hints.html" if request.htmx else "helpdesk/hints.html", context)
