"""Any two editions cell by cell: on the screen, as 新旧対照表 on paper, and as xlsx."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, signed_in
from opsdesk.accounts.models import Role
from opsdesk.lib import workbook
from opsdesk.lib.era import era_date
from opsdesk.lib.listing import link
from opsdesk.lib.request import Request, whole_number
from opsdesk.lib.templatetags.dates import era_dt
from raci.changes import kept_rows, read_ahead
from raci.comparison import compare
from raci.models import Edition
from tasks.differences import Said, said
from tasks.draftpage import counted, names_of

from .edition import crumbs


@allow(signed_in, label=gettext_lazy("版の比較"))
@require_GET
def edition_compare(request: Request) -> HttpResponseBase:
    """`?old=&new=` numbers of editions; without them the newest against its base. `?export=xlsx`."""
    visible = Edition.objects.visible_to(request.user, request.today)
    choices = list(visible.select_related("based_on").order_by("-number"))
    old, new = _pair(request, choices)
    found = _said(old, new) if old and new else []
    if request.GET.get("export") == "xlsx" and old and new:
        return _workbook(request, old, new, found)
    return render(request, "tasks/edition_compare.html", _context(request, choices, old, new, found))


def _pair(request: Request, choices: Sequence[Edition]) -> tuple[Edition | None, Edition | None]:
    """The editions of the address: None for what does not exist or may not be seen."""
    by_number = {edition.number: edition for edition in choices}
    if "new" in request.GET:
        new = by_number.get(whole_number(request.GET["new"]) or 0)
    else:
        new = next((e for e in choices if e.based_on), None)
    if "old" in request.GET:
        return by_number.get(whole_number(request.GET["old"]) or 0), new
    return by_number.get(new.based_on.number) if new and new.based_on else None, new


def _said(old: Edition, new: Edition) -> list[Said]:
    read_ahead([old, new])
    before, after = kept_rows(old), kept_rows(new)
    return said(compare(before, after), before, after, names_of(Role.objects.all()))


def _context(
    request: Request,
    choices: Sequence[Edition],
    old: Edition | None,
    new: Edition | None,
    found: Sequence[Said],
) -> dict[str, Any]:
    return {
        "title": _("新旧対照表"),
        "crumbs": crumbs(_("比較")),
        "choices": choices,
        "old": old,
        "new": new,
        "old_name": name_of(old) if old else "",
        "new_name": name_of(new) if new else "",
        "said": found,
        "counted": counted(s.difference for s in found),
        "export_url": link(request, export="xlsx"),
        "at_text": era_dt(request.now),
        "seals": [_("承認"), _("確認"), _("作成")],
    }


def name_of(edition: Edition) -> str:
    """第2版(令和9年1月1日 施行), 第3版(改定案)."""
    if edition.state == Edition.State.PUBLISHED and edition.in_force_on:
        day = era_date(edition.in_force_on)
        return _("%(edition)s(%(day)s 施行)") % {"edition": edition, "day": day}
    return f"{edition}({edition.get_state_display()})"


def _workbook(request: Request, old: Edition, new: Edition, found: Sequence[Said]) -> HttpResponseBase:
    title = _("新旧対照表")
    above = (title, f"{name_of(old)} → {name_of(new)}", f"{era_dt(request.now)} {request.user}")
    filename = f"compare-{old.number}-{new.number}-{request.today:%Y%m%d}.xlsx"
    return workbook.response(_lines(old, new, found), title=title, filename=filename, above=above)


def _lines(old: Edition, new: Edition, found: Sequence[Said]) -> Iterator[list[Any]]:
    yield ["No.", _("欄"), _("旧 %(edition)s") % {"edition": old}, _("新 %(edition)s") % {"edition": new},
           _("何が変わるか")]  # fmt: skip
    for one in found:
        yield [one.number, one.column, one.before, one.after, one.effect]
