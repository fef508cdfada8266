"""The bell's list, what a person wants by mail, and the outbox."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opsdesk.accounts.access import allow, drafter, signed_in
from opsdesk.lib.listing import list_page
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number

from . import sending
from .models import Delivery, Notice, Setting
from .reading import read, read_all
from .tables import NoticeFilter, NoticeTable, OutboxFilter, OutboxTable
from .waiting import outbox as outbox_now
from .words import telling_of


@allow(signed_in, label=gettext_lazy("通知"))
@require_GET
def notices(request: Request) -> HttpResponseBase:
    """My notices, the newest first: the unread ones, or all."""
    return list_page(
        request,
        Notice.objects.visible_to(request.user, request.today),
        NoticeFilter,
        NoticeTable,
        title=_("通知"),
        template="notices/list.html",
        fragment="notices/_list.html",
        filename="notices",
        context={"subtitle": _("開くと既読になります。")},
        now=request.now,
    )


@allow(signed_in, label=gettext_lazy("通知を開く"))
@require_http_methods(["GET", "POST"])
def notice_open(request: Request, pk: int) -> HttpResponse:
    """Mark it as read and go to what it tells of."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user, request.today), pk=pk)
    if request.method != "POST":
        return redirect("notices:list")
    read(notice, at=request.now)
    return redirect(telling_of(notice.code).url(notice.object_id, notice.data) or "notices:list")


@allow(signed_in, label=gettext_lazy("通知をすべて既読にする"))
@require_http_methods(["GET", "POST"])
def notices_read(request: Request) -> HttpResponse:
    """All that there were when the page was made."""
    if request.method == "POST":
        count = read_all(request.user, at=request.now)
        messages.success(request, _("%(n)s件を既読にしました。") % {"n": count})
    return redirect("notices:list")


@allow(signed_in, label=gettext_lazy("通知の設定"))
@require_http_methods(["GET", "POST"])
def notice_settings(request: Request) -> HttpResponse:
    """What I want by mail."""
    chosen, errors = request.POST.get("mail", ""), {}
    if request.method == "POST":
        try:
            sending.choose_mail(request.user, mail=chosen, by=request.user, at=request.now)
        except Refusal as refusal:
            errors = refusal.errors
        else:
            messages.success(request, _("通知の設定を保存しました。"))
            return redirect("notices:settings")
    setting = Setting.objects.filter(person=request.user).first() or Setting()
    context = {
        "title": _("通知の設定"),
        "crumbs": [(_("通知"), reverse("notices:list")), (_("通知の設定"), "")],
        "choices": Setting.Mail.choices,
        "chosen": setting.mail,
        "errors": [(f"#f-mail-{Setting.Mail.ALL}", sentence) for sentence in errors.values()],
        "is_sending": bool(settings.EMAIL_URL),
    }
    return render(request, "notices/settings.html", context, status=422 if errors else 200)


@allow(drafter, label=gettext_lazy("メールの送信"))
@require_GET
def outbox(request: Request) -> HttpResponseBase:
    """Every letter and what became of it; what they say is not shown."""
    state = outbox_now(request.now)
    return list_page(
        request,
        Delivery.objects.select_related("person").defer("subject", "body"),
        OutboxFilter,
        OutboxTable,
        title=_("メールの送信"),
        template="notices/outbox.html",
        fragment="notices/_outbox.html",
        filename="outbox",
        context={
            "outbox": state,
            "is_stale": state.is_stale(request.now),
            "is_sending": bool(settings.EMAIL_URL),
        },
        now=request.now,
    )


@allow(drafter, label=gettext_lazy("送れなかったメールを送り直す"))
@require_http_methods(["GET", "POST"])
def outbox_send(request: Request) -> HttpResponse:
    """The one whose button was pressed, or all."""
    if request.method == "POST":
        only = whole_number(request.POST.get("only", ""))
        everything = "all" in request.POST
        count = sending.send_again(None if everything else [only or 0], by=request.user, at=request.now)
        messages.success(request, _("%(n)s件を送り直します。") % {"n": count})
    return redirect("notices:outbox")
