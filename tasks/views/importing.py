"""A workbook becomes a draft: choose the file, see every difference and every problem, take it over."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, drafter
from opsdesk.accounts.models import Role
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from raci import importing
from raci.forms import ExtraColumnForm, UploadForm
from raci.importing import Preview
from raci.models import Edition, Import, Mark
from tasks.differences import Said, said


@allow(drafter, label=gettext_lazy("分担表の取込"))
@require_http_methods(["GET", "POST"])
def edition_import(request: Request) -> HttpResponse:
    """The file; what can't be read at all is said beside it."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            sheet = importing.read(content)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            kept = importing.keep(sheet, content=content, name=file.name, by=request.user, at=request.now)
            return redirect("tasks:edition_import_preview", pk=kept.pk)
    context = {
        "title": _("分担表の取込"),
        "crumbs": _crumbs(_("取込")),
        "form": form,
        "current": importing.based_on_today(request.today),
    }
    return render(request, "tasks/edition_import.html", context, status=422 if form.errors else 200)


@allow(drafter, label=gettext_lazy("分担表の取込の確認"))
@require_http_methods(["GET", "POST"])
def edition_import_preview(request: Request, pk: int) -> HttpResponse:
    """Every difference and every problem; POST makes the draft, or replaces the rows of one."""
    kept = get_object_or_404(Import.objects.visible_to(request.user, request.now), pk=pk)
    if kept.draft is not None and request.method == "GET":
        return redirect(_edition_url(kept.draft))
    onto = _onto(request, kept)
    found = importing.preview(kept, onto=onto, today=request.today)
    forms = _forms(request, found)
    if request.method == "GET":
        return _show(request, kept, found, forms)
    errors = _errors(forms)
    if errors:
        return _show(request, kept, found, forms, errors, status=422)
    try:
        draft = importing.adopt_into_draft(
            kept, onto=onto, by=request.user, at=request.now, today=request.today,
            seen=request.POST.get("seen", ""), new_roles=_new_roles(forms),
        )  # fmt: skip
    except Refusal as refusal:
        lines = [("", line) for line in str(refusal).splitlines()]
        return _show(request, kept, found, forms, lines, status=409)
    messages.success(request, _("「%(name)s」を改定案に取り込みました。") % {"name": kept.name})
    return redirect(_edition_url(draft))


def _edition_url(edition: Edition) -> str:
    return f"/editions/{edition.number}/"


def _onto(request: Request, kept: Import) -> Edition | None:
    """The draft whose rows are to be replaced: the chosen one, or that from which the book was written."""
    chosen = (request.POST if request.method == "POST" else request.GET).get("onto")
    number = kept.sheet.get("edition", 0) if chosen is None else whole_number(chosen)
    return Edition.objects.drafts().select_related("based_on").filter(number=number or 0).first()


def _forms(request: Request, found: Preview) -> dict[int, ExtraColumnForm]:
    """By the place of the column; those that can be a role."""
    data = request.POST if request.method == "POST" else None
    return {
        at: ExtraColumnForm(data, extra=extra, prefix=f"extra-{at}")
        for at, extra in enumerate(found.sheet.extra_columns)
        if extra.can_be_role
    }


def _errors(forms: dict[int, ExtraColumnForm]) -> list[tuple[str, str]]:
    """Of all forms, as the summary shows them; two columns can't become one role."""
    found = [
        (f"#{form[name].id_for_label}", f"{form[name].label}: {words}")
        for form in forms.values()
        for name, sentences in form.errors.items()
        for words in sentences
    ]
    codes = [role.code for role in _new_roles(forms).values()] if not found else []
    if len(set(codes)) < len(codes):
        found.append(("", _("二つの列に、同じ役割のコードは付けられません。")))
    return found


def _new_roles(forms: dict[int, ExtraColumnForm]) -> dict[int, importing.NewRole]:
    return {at: role for at, form in forms.items() if form.is_valid() and (role := form.new_role())}


def _show(
    request: Request,
    kept: Import,
    found: Preview,
    forms: dict[int, ExtraColumnForm],
    errors: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    problems = found.sheet.problems
    context = {
        "title": _("取込の確認"),
        "crumbs": _crumbs(_("取込"), reverse("tasks:edition_import")) + [(_("確認"), "")],
        "kept": kept,
        "found": found,
        "rows": len(found.sheet.rows),
        "problems": sorted(problems, key=lambda p: not p.is_fatal),
        "fatal": sum(p.is_fatal for p in problems),
        "groups": _grouped(found),
        "counts": _counts(found),
        "columns": [
            (extra, forms.get(at), _marks(extra.marks, found))
            for at, extra in enumerate(found.sheet.extra_columns)
        ],
        "drafts": Edition.objects.drafts().order_by("-number"),
        "errors": errors or [],
    }
    return render(request, "tasks/edition_import_preview.html", context, status=status)


def _grouped(found: Preview) -> list[list[Said]]:
    """The differences in words, those of one row together."""
    if not found.differences:
        return []
    names = dict(Role.objects.values_list("code", "name"))
    groups: dict[int, list[Said]] = {}
    for difference in said(found.differences, found.base.rows, found.sheet.rows, names):
        groups.setdefault(difference.difference.key, []).append(difference)
    return list(groups.values())


def _counts(found: Preview) -> dict[str, int]:
    """How many rows are new, gone, moved, changed."""
    rows: dict[str, set[int]] = {"added": set(), "retired": set(), "moved": set(), "changed": set()}
    for difference in found.differences:
        rows[difference.kind].add(difference.key)
    return {kind: len(keys) for kind, keys in rows.items()}


def _marks(marks: dict[int, str], found: Preview) -> str:
    """No.1 ◎、No.9 △"""
    rows = found.sheet.rows
    return "、".join(f"No.{rows[at]['number']} {Mark(mark).glyph}" for at, mark in marks.items())


def _crumbs(last: str, url: str = "") -> list[tuple[str, str]]:
    return [(_("ダッシュボード"), "/"), (_("作業分担表"), reverse("tasks:matrix")), (last, url)]
