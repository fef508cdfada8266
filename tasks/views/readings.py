"""本システムの設定: what is our reading of the sheet, and who confirmed it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opsdesk.accounts.access import allow, drafter, signed_in
from opsdesk.calendar.book import calendar_of
from opsdesk.lib.listing import numbered
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request
from opsdesk.lib.templatetags.dates import era_dt
from raci import confirmations
from raci.models import Duty, Edition
from raci.readings import Reading, levels_text, readings
from tasks.readings import DUTY, duties_of, duty_lines, levels, reading_lines, with_dates
from tasks.readings_filter import ReadingsFilter

from .matrix import edition_on

#: Duties of one page: a usual sheet is on one.
SIZE = 100
VALUE = re.compile(r"(duty|reading)-([0-9]{1,9})-([0-9a-f]{64})\Z")


@allow(signed_in, label=gettext_lazy("本システムの設定"))
@require_GET
def readings_page(request: Request) -> HttpResponse:
    """Every setting of ours in words, the unconfirmed first; and how we read what the sheet leaves open."""
    return _page(request)


def _page(request: Request, *, refusal: Refusal | None = None) -> HttpResponse:
    usual = _usual(request)
    if usual is None:
        return render(request, "tasks/matrix_none.html", {"is_drafter": drafter(request)})
    form = ReadingsFilter(request.GET, editions=_editions(request, usual), usual=usual)
    duties, held = duties_of(form.chosen), confirmations.standing()
    lines = duty_lines(duties, held)
    shown, page = numbered(request, form.picked(lines), SIZE)
    status = 200 if refusal is None else 422 if refusal.errors else 409
    return render(
        request,
        "tasks/readings.html",
        {
            "title": _("本システムの設定"),
            "subtitle": _(
                "分担表の原文にはない、運用のための読み方です。確認すると、だれがいつ確認したかが残ります。"
            ),
            "crumbs": [(_("作業分担表"), reverse("tasks:matrix")), (_("本システムの設定"), "")],
            "edition": form.chosen,
            "filter": form,
            "filter_words": form.words(),
            "at_text": era_dt(request.now),
            "lines": with_dates(shown, calendar_of(), request.today),
            "page": page,
            "open": sum(not line.is_confirmed for line in lines),
            "all": len(lines),
            "readings": reading_lines({d.key: d for d in duties}, held),
            "level_names": levels(duties)[0],
            "levels": levels(duties)[1],
            "levels_text": levels_text(),
            "may_confirm": drafter(request),
            "checked": request.POST.getlist("confirm"),
            "note": request.POST.get("note", ""),
            "errors": [] if refusal is None else _blamed(refusal),
        },
        status=status,
    )  # fmt: skip


def _usual(request: Request) -> Edition | None:
    """The edition in force; before anything is published, what a drafter is about to publish."""
    drafts = Edition.objects.drafts().order_by("-number")
    return edition_on(request.today) or (drafts.first() if drafter(request) else None)


def _blamed(refusal: Refusal) -> list[tuple[str, str]]:
    return [(f"#{k}", s) for k, s in (refusal.errors or {"": str(refusal)}).items()]


def _editions(request: Request, usual: Edition) -> list[Edition]:
    """The one in force, those to come, and for people who draft the drafts."""
    drafts = Edition.objects.drafts().order_by("number") if drafter(request) else Edition.objects.none()
    if usual.is_draft:
        return list(drafts)
    later = Edition.objects.published().filter(in_force_on__gt=usual.in_force_on).order_by("in_force_on")
    return [usual, *later, *drafts]


@allow(drafter, label=gettext_lazy("本システムの設定を確認済にする"))
@require_http_methods(["GET", "POST"])
def confirm(request: Request) -> HttpResponse:
    """The checked ones, or the one whose button was pressed."""
    if request.method != "POST":
        return redirect("tasks:readings")
    only = request.POST.get("only", "")
    try:
        about, seen = _chosen(request, [only] if only else request.POST.getlist("confirm"))
        given = confirmations.confirm_many(
            about, by=request.user, at=request.now, seen=seen, note=request.POST.get("note", "")
        )
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    messages.success(request, _("%(n)s件を確認済にしました。") % {"n": len(given)})
    if len(given) < len(about):
        messages.warning(
            request, _("%(n)s件は、ほかの人がすでに確認していました。") % {"n": len(about) - len(given)}
        )
    return _back(request.GET)


@allow(drafter, label=gettext_lazy("本システムの設定を未確認に戻す"))
@require_http_methods(["GET", "POST"])
def unconfirm(request: Request) -> HttpResponse:
    if request.method != "POST":
        return redirect("tasks:readings")
    try:
        about, _seen = _chosen(request, [request.POST.get("only", "")])
        confirmations.unconfirm(about[0], by=request.user, at=request.now, note=request.POST.get("note", ""))
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    messages.success(request, _("未確認に戻しました。"))
    return _back(request.GET)


def _back(query: QueryDict) -> HttpResponse:
    url = reverse("tasks:readings")
    return redirect(f"{url}?{query.urlencode()}" if query else url)


def _chosen(
    request: Request, values: Sequence[str]
) -> tuple[list[Duty | Reading], dict[tuple[str, int], str]]:
    """What the form's values name, and the fingerprints that were shown. Refusal if they name nothing."""
    found = [m for value in values if (m := VALUE.match(value))]
    if not found:
        sentence = _("確認する設定を選んでください。")
        raise Refusal(sentence, errors={"settings": sentence})
    usual = _usual(request)
    number = request.GET.get("edition", "")
    editions = {str(e.number): e for e in _editions(request, usual)} if usual else {}
    edition: Any = editions.get(number, usual)
    duties = {d.key: d for d in Duty.objects.filter(edition=edition, is_heading=False)}
    known: dict[int, Duty] | dict[int, Reading]
    about: list[Duty | Reading] = []
    for kind, key, _mark in (m.groups() for m in found):
        known = duties if kind == DUTY else {r.number: r for r in readings()}
        if int(key) not in known:
            raise Refusal(_("その設定はこの版にありません。画面を開き直してください。"))
        about.append(known[int(key)])
    return about, {(kind, int(key)): mark for kind, key, mark in (m.groups() for m in found)}
