"""What is done in the grid of a draft: every button answers with the grid as typed; only one saves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, drafter
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from opsdesk.lib.templatetags.dates import hm
from raci import drafting
from raci.content import Row
from raci.draftsheet import MARKS
from raci.soundness import faults as faults_of
from tasks.draftform import Clash, Typed, read, rebased
from tasks.draftpage import Draft, errors_of
from tasks.gridacts import ACTS
from tasks.gridrows import TEXT_LABELS

from .edition import draft_page, edition_or_404


@allow(drafter, label=gettext_lazy("改定案の編集"))
@require_http_methods(["GET", "POST"])
def edition_grid(request: Request, number: int) -> HttpResponse:
    """POST `act`: save, or one of ACTS with the key of its row; what was typed comes back with the answer."""
    found = edition_or_404(request, number)
    if request.method == "GET" or not found.is_draft:
        return redirect("tasks:edition", number=number)
    draft = Draft(found, request.today)
    version = whole_number(request.POST.get("version", ""))
    typed = read(request.POST, _seen(draft, version), draft.roles)
    if version != found.version:
        return _stale(request, draft, typed)
    name, _colon, key = request.POST.get("act", "save").partition(":")
    if name in ACTS:
        return draft_page(request, draft, typed, **ACTS[name](draft, typed, _key(key), request.POST))
    return _save(request, draft, typed)


def _key(text: str) -> int:
    try:
        return int(text[:18] or 0)
    except ValueError:
        return 0


def _seen(draft: Draft, version: int | None) -> list[Row]:
    """The rows that the person had before the eyes: of the saving whose version the form carries."""
    if version is None or version >= draft.edition.version:
        return draft.rows
    saving = draft.edition.savings.filter(number__lte=version).order_by("-number").first()
    return saving.rows if saving else draft.rows


# --- save -----------------------------------------------------------------------------------------------


def _save(request: Request, draft: Draft, typed: Typed) -> HttpResponse:
    rows = typed.sheet.rows()
    faults = faults_of(rows, {role.code for role in draft.roles})
    if faults:
        errors = errors_of(faults, draft.roles)
        return draft_page(request, draft, typed, faults=faults, errors=errors, status=422)
    given = [{**row, "key": max(row["key"], 0)} for row in rows]
    try:
        saved = drafting.save(
            draft.edition, given, by=request.user, at=request.now, version=draft.edition.version
        )
    except Refusal as refusal:  # somebody was faster between our reading and our saving
        return draft_page(request, draft, typed, errors=[("", str(refusal))], status=409)
    said = _("保存しました。") if saved.version != draft.edition.version else _("変更はありません。")
    messages.success(request, said)
    return redirect("tasks:edition", number=saved.number)


def _stale(request: Request, draft: Draft, typed: Typed) -> HttpResponse:
    """Somebody saved meanwhile: what I typed is laid over it, nothing is saved, both are told."""
    mine, clashes = rebased(typed, draft.rows)
    who = {"who": draft.edition.saved_by or _("他の人"), "time": hm(draft.edition.saved_at)}
    lead = _(
        "%(who)s が %(time)s に先に保存しました。あなたの変更をその上に重ねて表示しています。"
        "まだ保存していません。確かめてから、もう一度保存してください。"
    )
    errors = [("", lead % who), *(_clash(clash, draft, who) for clash in clashes)]
    return draft_page(request, draft, mine, errors=errors, status=409)


def _clash(clash: Clash, draft: Draft, who: Mapping[str, Any]) -> tuple[str, str]:
    names = {f"{MARKS}{role.code}": role.name for role in draft.roles}
    words = {
        "number": clash.number,
        "column": names.get(clash.column) or TEXT_LABELS[clash.column],
        "theirs": _shown(clash.column, clash.theirs),
        "mine": _shown(clash.column, clash.mine),
        **who,
    }
    sentence = _("No.%(number)s %(column)s: %(who)s は「%(theirs)s」、あなたは「%(mine)s」")
    return f"#r{clash.key}", sentence % words


def _shown(column: str, value: Any) -> str:
    from_codes = {"main": "◎", "support": "○", "related": "△"}
    if column.startswith(MARKS):
        return from_codes.get(value) or _("空白")
    return str(value) or _("空白")
